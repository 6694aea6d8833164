import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { RequestDraw } from './draw-request.ts';

/** The adapters that can be fuzzed. */
export const FUZZED = ['express', 'koa', 'hono', 'fastify', 'fetch'] as const;

/** How a server stood the requests. */
export interface FuzzResult {
  /** How many responses there were, by status. */
  readonly statuses: ReadonlyMap<number, number>;
  /** The heap after a tenth of the requests and after all of them, in bytes. */
  readonly heaps: readonly [early: number, late: number];
  /** What the server wrote to standard error. */
  readonly stderr: string;
  /** Whether it still ran at the end. */
  readonly isAlive: boolean;
}

const PER_CONNECTION = 20;
const CONNECTIONS = 8;
const SERVER = fileURLToPath(new URL('server.ts', import.meta.url));

/** Sends random requests over raw sockets to a server of its own process, until it has responded so many times. */
export async function fuzz(adapter: string, requests: number, seed: number): Promise<FuzzResult> {
  const execArgv = ['--expose-gc', '--conditions=@coatcheck/source'];
  const server = fork(SERVER, [adapter], { execArgv, stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  let stderr = '';
  server.stderr?.setEncoding('utf8').on('data', (part: string) => {
    stderr = (stderr + part).slice(-5000);
  });
  let isAlive = true;
  server.once('exit', () => {
    isAlive = false;
  });
  try {
    const port = await told(server, 'port');
    const statuses = new Map<number, number>();
    const draw = new RequestDraw(seed);
    let done = 0;
    const lane = async (until: number) => {
      while (isAlive && done < until) {
        for (const status of await converse(port, draw)) {
          done += 1;
          statuses.set(status, (statuses.get(status) ?? 0) + 1);
        }
      }
    };
    const all = (until: number) => Promise.all(Array.from({ length: CONNECTIONS }, () => lane(until)));
    await all(requests / 10);
    const early = isAlive ? await heap(server) : 0;
    await all(requests);
    const late = isAlive ? await heap(server) : 0;
    return { statuses, heaps: [early, late], stderr, isAlive };
  } finally {
    server.kill();
  }
}

/** Sends the requests of one connection, and returns the statuses of the responses. */
async function converse(port: number, draw: RequestDraw): Promise<number[]> {
  const socket = connect(port, '127.0.0.1');
  socket.setEncoding('latin1');
  let received = '';
  socket.on('data', (part) => {
    received += part;
  });
  socket.on('error', () => {});
  for (let left = PER_CONNECTION; left > 0; left -= 1) socket.write(draw.draw(left === 1), 'latin1');
  // A request that the parser takes for an upgrade or an unfinished one gets no response.
  socket.setTimeout(2000, () => socket.destroy());
  await new Promise((resolve) => socket.once('close', resolve));
  for (const [, token] of received.matchAll(/^set-cookie: __Host-session=([\w-]{65});/gim)) {
    if (token !== undefined) draw.note(token);
  }
  return [...received.matchAll(/(?:^|\n|\D)HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
}

async function heap(server: ChildProcess): Promise<number> {
  server.send('heap');
  return await told(server, 'heap');
}

/** Waits for a number from the server. */
async function told(server: ChildProcess, name: 'port' | 'heap'): Promise<number> {
  const [message] = await Promise.race([once(server, 'message'), once(server, 'exit').then(() => [{}])]);
  const value: unknown =
    typeof message === 'object' && message !== null ? Reflect.get(message, name) : undefined;
  if (typeof value !== 'number') throw new Error(`The server ended before it told its ${name}.`);
  return value;
}
