import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import pg from 'pg';
import { Leash } from './leash.ts';
import { findProgram, SERVER_USER } from './programs.ts';

/** Settings of postgresql.conf by their names. */
export type Settings = Readonly<Record<string, string | number>>;

const USER = 'coatcheck';

/** Where a client finds a server, or a pooler before one. */
export interface Address {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
}

/** A PostgreSQL of its own, with a directory of its own, on loopback. */
export class TestServer {
  readonly address: Address;
  readonly #leash: Leash;
  #pid = 0;
  #suspended: readonly number[] = [];

  private constructor(address: Address, leash: Leash) {
    this.address = address;
    this.#leash = leash;
  }

  /** Creates a cluster and starts it; `settings` are those of postgresql.conf. */
  static async start(settings: Settings = {}): Promise<TestServer> {
    const directory = Leash.makeDirectory();
    const data = join(directory, 'data');
    const options = ['--auth=trust', '--no-sync', '--no-instructions', '--encoding=UTF8', '--locale=C'];
    execFileSync(findProgram('initdb'), ['-D', data, '-U', USER, ...options], {
      cwd: directory,
      stdio: ['ignore', 'ignore', 'inherit'],
      ...SERVER_USER,
    });
    return TestServer.#serve(directory, data, settings);
  }

  /** Copies this server and starts the copy as a hot standby, which lags behind from then on for ever. */
  async startStandby(): Promise<TestServer> {
    const directory = Leash.makeDirectory();
    const data = join(directory, 'data');
    const { host, port, user } = this.address;
    const from = ['-h', host, '-p', String(port), '-U', user, '-D', data, '-R', '-X', 'stream', '-c', 'fast'];
    execFileSync(findProgram('pg_basebackup'), from, {
      cwd: directory,
      stdio: ['ignore', 'ignore', 'inherit'],
      ...SERVER_USER,
    });
    return TestServer.#serve(directory, data, { hot_standby: 'on' });
  }

  static async #serve(directory: string, data: string, settings: Settings): Promise<TestServer> {
    const port = await freePort();
    const all: Settings = {
      ...{ port, listen_addresses: '127.0.0.1', unix_socket_directories: directory },
      ...{ fsync: 'off', shared_buffers: '32MB', max_connections: 100, log_min_messages: 'warning' },
      ...settings,
    };
    const args = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const leash = Leash.hold(directory, 'QUIT', findProgram('postgres'), '-D', data, ...args);
    const address = { host: '127.0.0.1', port, user: USER, database: 'postgres' };
    const server = new TestServer(address, leash);
    await server.#start();
    return server;
  }

  /** The address as a URL. */
  get url(): string {
    const { host, port, user, database } = this.address;
    return `postgres://${user}@${host}:${port}/${database}`;
  }

  /** Runs a statement on a connection apart from those under test, and returns its rows. */
  async query<Row extends object>(text: string): Promise<Row[]> {
    const client = new pg.Client(this.address);
    await client.connect();
    try {
      const { rows } = await client.query<Row>(text);
      return rows;
    } finally {
      await client.end();
    }
  }

  /** What the server has logged. */
  log(): string {
    return readFileSync(join(this.#leash.directory, 'log'), 'utf8');
  }

  /** Ends the server as a crash does, and starts it again. */
  async crash(): Promise<void> {
    await this.kill();
    await this.restart();
  }

  /** Suspends every process of the server until `resume`. Its connections stay open. */
  pause(): void {
    // Its children are its processes: one for each connection, and those in the background.
    const children = readFileSync(`/proc/${this.#pid}/task/${this.#pid}/children`, 'utf8');
    this.#suspended = [this.#pid, ...children.trim().split(' ').map(Number)];
    this.#signal('SIGSTOP');
  }

  resume(): void {
    this.#signal('SIGCONT');
    this.#suspended = [];
  }

  /** Ends the server as a crash does. */
  async kill(): Promise<void> {
    await this.#leash.end();
  }

  /** Starts the server again after `kill`. */
  async restart(): Promise<void> {
    await this.#start();
  }

  /** Ends the server and removes its directory. */
  async stop(): Promise<void> {
    await this.#leash.release();
  }

  #signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    for (const pid of this.#suspended) {
      try {
        process.kill(pid, signal);
      } catch {
        // It has ended since.
      }
    }
  }

  async #start(): Promise<void> {
    this.#pid = await this.#leash.start();
    await until('the server takes connections', async () => {
      try {
        await this.query('SELECT 1');
        return true;
      } catch {
        return false;
      }
    });
  }
}

/** Repeats a check until it holds. */
export async function until(what: string, isSo: () => Promise<boolean> | boolean): Promise<void> {
  for (const deadline = performance.now() + 30_000; performance.now() < deadline; ) {
    if (await isSo()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`It did not come about that ${what}`);
}

/** Finds a port on loopback that nobody listens on. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      probe.close(() => resolve(port));
    });
  });
}
