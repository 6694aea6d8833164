import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** Finds the binary of another version of Node.js, by its package on npm. */
export async function findNode(version: string): Promise<string> {
  const script = 'console.log(process.execPath, process.versions.node)';
  const args = ['--yes', '-p', `node@${version}`, 'node', '-e', script];
  const { stdout } = await promisify(execFile)('npx', args, { env: withoutNpm(process.env) });
  const [path = '', found] = stdout.trim().split(' ');
  if (found !== version) throw new Error(`npx brought Node.js ${found} in place of ${version}`);
  return path;
}

/** Settings of the npm or pnpm that runs the tests are not for the npx that they start. */
function withoutNpm(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^(npm|pnpm)_/i.test(name)));
}
