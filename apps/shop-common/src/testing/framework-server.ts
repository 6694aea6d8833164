import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** What no build and no server may do: report to its makers. */
const NO_TELEMETRY = {
  ASTRO_TELEMETRY_DISABLED: '1',
  DO_NOT_TRACK: '1',
  NEXT_TELEMETRY_DISABLED: '1',
  NUXT_TELEMETRY_DISABLED: '1',
};

const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** A server of a built app. */
export interface AppServer {
  readonly url: string;
  /** Ends it. */
  stop(): Promise<void>;
}

/** Runs a program of the app's dependencies in a directory of the app, to build it for production. Rejects with the output of a build that fails. */
export async function buildApp(
  directory: URL,
  [program = '', ...args]: readonly string[],
  more: Readonly<Record<string, string>> = {},
): Promise<void> {
  const cwd = fileURLToPath(directory);
  const env: NodeJS.ProcessEnv = { ...process.env, ...NO_TELEMETRY, NODE_ENV: 'production', ...more };
  const path = `${binOf(cwd)}:${env['PATH']}`;
  try {
    await promisify(execFile)(program, args, { cwd, env: { ...env, PATH: path }, maxBuffer: 1 << 26 });
  } catch (error) {
    const { stdout, stderr } = Object(error);
    throw new Error(`The build failed. Have the packages been built?\n${stdout}\n${stderr}`, {
      cause: error,
    });
  }
}

/** Starts a Node.js program in the app's directory. Resolves when it has printed that it listens; rejects with its output if it exits before that. */
export async function startServer(
  directory: URL,
  args: readonly string[],
  env: Readonly<Record<string, string>> & { readonly PORT: string },
): Promise<AppServer> {
  const child = spawn(process.execPath, args, {
    cwd: fileURLToPath(directory),
    env: { PATH: process.env['PATH'], NODE_ENV: 'production', ...NO_TELEMETRY, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  child.once('exit', () => running.delete(child));
  await new Promise<void>((resolve, reject) => {
    let output = '';
    const hear = (chunk: Buffer) => {
      output += chunk.toString();
      if (/listening on|ready in/i.test(output)) resolve();
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.once('exit', (code) => reject(new Error(`The server exited with ${code}:\n${output}`)));
  });
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  };
  return { url: `http://localhost:${env.PORT}`, stop };
}

/** A port that no other process gets until it is released. */
export interface ReservedPort {
  readonly port: number;
  release(): Promise<void>;
}

/** Reserves a free port. Frameworks that take a port from the environment do not tell which one they got for 0. */
export async function reservePort(): Promise<ReservedPort> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server must have a port.');
  const release = async () => {
    server.close();
    await once(server, 'close');
  };
  return { port: address.port, release };
}

/** Returns the nearest folder with the programs of an app's dependencies. */
function binOf(cwd: string): string {
  const app = /^.*\/apps\/[^/]+/.exec(cwd)?.[0] ?? cwd;
  return join(app, 'node_modules/.bin');
}
