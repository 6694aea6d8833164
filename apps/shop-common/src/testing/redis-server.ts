import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Below the ephemeral ports of the system, even after a cluster node adds 10,000 for its own traffic. */
const PORTS = { first: 23_000, count: 10_000 };
const ATTEMPTS = 20;

const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** A redis-server that writes nothing to disk. */
export class RedisServer {
  readonly url: string;
  readonly #child: ChildProcess;
  readonly #directory: string;

  private constructor(url: string, child: ChildProcess, directory: string) {
    this.url = url;
    this.#child = child;
    this.#directory = directory;
  }

  /** Starts a server on a free port. `settings` are additional command line arguments. */
  static async start(...settings: readonly string[]): Promise<RedisServer> {
    for (let attempt = 1; ; attempt += 1) {
      const port = PORTS.first + Math.floor(Math.random() * PORTS.count);
      const server = (await isFree(port)) ? await RedisServer.#startOn(port, settings) : undefined;
      if (server !== undefined) return server;
      if (attempt === ATTEMPTS) {
        throw new Error('redis-server does not start. On Debian: sudo apt-get install redis-server');
      }
    }
  }

  static async #startOn(port: number, settings: readonly string[]): Promise<RedisServer | undefined> {
    const directory = mkdtempSync(join(tmpdir(), 'shop-redis-'));
    const args = ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--dir', directory, ...settings];
    const child = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'ignore'] });
    running.add(child);
    const isReady = await new Promise<boolean>((resolve) => {
      child.stdout.on('data', (chunk: Buffer) => {
        if (chunk.includes('Ready to accept connections')) resolve(true);
      });
      child.once('error', () => resolve(false));
      child.once('exit', () => {
        running.delete(child);
        resolve(false);
      });
    });
    if (isReady) return new RedisServer(`redis://127.0.0.1:${port}`, child, directory);
    rmSync(directory, { recursive: true, force: true });
    return undefined;
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const exit = once(this.#child, 'exit');
      this.#child.kill('SIGKILL');
      await exit;
    }
    rmSync(this.#directory, { recursive: true, force: true });
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}
