import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Reply, Wire } from './wire.ts';

/** The server program. REDIS_SERVER selects another one, such as Redis 6.2 or Valkey. */
const PROGRAM = process.env['REDIS_SERVER'] ?? 'redis-server';

/** Below the ephemeral ports of the system, even after a cluster adds 10,000 for its own traffic. */
const PORTS = { first: 12_000, count: 10_000 };
const ATTEMPTS = 10;

/** Redis runs under a shell that starts it at each line, and kills it and removes its directory when this process ends, for whatever reason. A Ctrl-C, which reaches the shell too, must not end it first. */
const LEASH =
  'trap "" INT; directory=$1; shift; while read -r _; do wait; "$@" & redis=$!; done; kill -9 $redis 2>/dev/null; wait; rm -rf "$directory"';

/** Settings of redis.conf by name. */
export type Settings = Readonly<Record<string, string | number>>;

/** A private redis-server with its own directory. Unless `settings` say otherwise, it writes nothing to disk. */
export class TestServer {
  readonly port: number;
  readonly #leash: ChildProcess;
  #wire: Wire;
  #pid: number;

  private constructor(port: number, leash: ChildProcess, wire: Wire, pid: number) {
    this.port = port;
    this.#leash = leash;
    this.#wire = wire;
    this.#pid = pid;
  }

  /** Starts a server on a free port; `settings` are those of redis.conf. */
  static start(settings: Settings = {}): Promise<TestServer> {
    return TestServer.#start({ save: '""', appendonly: 'no', ...settings });
  }

  /** Starts a server that accepts DEBUG. By default Redis does so only before 7.0. */
  static startWithDebug(): Promise<TestServer> {
    const version = execFileSync(PROGRAM, ['--version'], { encoding: 'utf8' });
    return TestServer.start(/ v=[0-6]\./.test(version) ? {} : { 'enable-debug-command': 'yes' });
  }

  /** Starts a sentinel that watches a server under the name `sessions`. */
  static startSentinel({ port }: TestServer): Promise<TestServer> {
    return TestServer.#start({ 'sentinel monitor': `sessions 127.0.0.1 ${port} 1` }, '--sentinel');
  }

  static async #start(settings: Settings, ...flags: readonly string[]): Promise<TestServer> {
    for (let attempt = 1; ; attempt += 1) {
      const directory = await mkdtemp(join(tmpdir(), 'coatcheck-redis-'));
      const port = Number(settings['port'] ?? (await freePort()));
      const config = join(directory, 'redis.conf');
      const lines = Object.entries({ port, bind: '127.0.0.1', dir: directory, ...settings });
      await writeFile(config, lines.map(([name, value]) => `${name} ${value}\n`).join(''));
      const leash = spawn('sh', ['-c', LEASH, 'sh', directory, PROGRAM, config, ...flags], {
        stdio: ['pipe', 'ignore', 'ignore'],
      });
      leash.stdin?.write('start\n');
      const reached = await reach(port);
      if (reached !== undefined) return new TestServer(port, leash, reached.wire, reached.pid);
      await end(leash);
      if (attempt === ATTEMPTS) {
        throw new Error(
          `${PROGRAM} does not start. Install it, on Debian with: node scripts/setup-system.mjs redis-server`,
        );
      }
    }
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Sends a command on a separate connection from those of the clients under test. */
  send(...command: (string | number)[]): Promise<Reply> {
    return this.#wire.send(...command);
  }

  /** Returns one field of INFO. */
  info(section: string, field: string): Promise<string | undefined> {
    return infoOf(this.#wire, section, field);
  }

  /** Suspends the process until `resume`. Its connections stay open. */
  pause(): void {
    process.kill(this.#pid, 'SIGSTOP');
  }

  resume(): void {
    process.kill(this.#pid, 'SIGCONT');
  }

  /** Kills the process at once, like a crash. */
  kill(): void {
    process.kill(this.#pid, 'SIGKILL');
  }

  /** Starts the process again after `kill`, with the files that it left. Resolves when it responds; it may still be loading them. */
  async restart(): Promise<void> {
    this.#wire.close();
    this.#leash.stdin?.write('start\n');
    const reached = await reach(this.port);
    if (reached === undefined) throw new Error(`${PROGRAM} does not start again.`);
    this.#wire = reached.wire;
    this.#pid = reached.pid;
  }

  /** Ends the process if it still runs, and removes its directory. */
  async stop(): Promise<void> {
    this.#wire.close();
    await end(this.#leash);
  }
}

/** Repeats a check until it is true; rejects after 20 seconds. */
export async function until(what: string, isSo: () => Promise<boolean> | boolean): Promise<void> {
  for (const deadline = performance.now() + 20_000; performance.now() < deadline; ) {
    if (await isSo()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`Waited 20 seconds in vain until ${what}.`);
}

/** Connects to a server that is starting, and asks it for the ID of its process. Undefined if it does not start. */
async function reach(port: number): Promise<{ readonly wire: Wire; readonly pid: number } | undefined> {
  for (const deadline = performance.now() + 5_000; performance.now() < deadline; ) {
    try {
      const wire = await Wire.open(port);
      const pid = Number(await infoOf(wire, 'server', 'process_id'));
      return pid > 0 ? { wire, pid } : undefined;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
  return undefined;
}

async function infoOf(wire: Wire, section: string, field: string): Promise<string | undefined> {
  const lines = String(await wire.send('info', section)).split('\r\n');
  return lines.find((line) => line.startsWith(`${field}:`))?.slice(field.length + 1);
}

async function end(leash: ChildProcess): Promise<void> {
  const ended = new Promise((resolve) => leash.once('exit', resolve));
  leash.stdin?.end();
  if (leash.exitCode === null) await ended;
}

async function freePort(): Promise<number> {
  for (;;) {
    const port = PORTS.first + Math.floor(Math.random() * PORTS.count);
    if ((await isFree(port)) && (await isFree(port + 10_000))) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}
