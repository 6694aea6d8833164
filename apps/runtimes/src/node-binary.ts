import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** Returns the path of the binary of another Node.js version, from its npm package. */
export async function findNode(version: string): Promise<string> {
  const script = 'console.log(process.execPath, process.versions.node)';
  const args = ['--yes', '-p', `node@${version}`, 'node', '-e', script];
  const { stdout } = await promisify(execFile)('npx', args, { env: withoutNpm(process.env) });
  const [path = '', found] = stdout.trim().split(' ');
  if (found !== version) throw new Error(`npx must install Node.js ${version}; it installed ${found}.`);
  return path;
}

/** Removes the settings of the npm or pnpm that runs the tests, so that they do not affect npx. */
function withoutNpm(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^(npm|pnpm)_/i.test(name)));
}
