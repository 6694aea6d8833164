import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ServerEvent } from '../history/events.ts';
import type { Order, Report, ServerSpec } from '../server/spec.ts';

const PROGRAM = fileURLToPath(new URL('../server/main.ts', import.meta.url));
const PATIENCE = 60_000;
const MAX_OUTPUT = 2000;

/** Every child that runs. None outlives this process, however it ends. */
const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Is told what happens to a server. */
export type NoteServer = (server: number, what: ServerEvent['what'], detail?: string) => void;

/** One server under test, as a process that can be killed, suspended and started again. */
export class ServerProcess {
  readonly index: number;
  readonly #spec: ServerSpec;
  readonly #note: NoteServer;
  #child: ChildProcess | undefined;
  #port = 0;
  #output = '';
  #isExpectedToEnd = false;

  private constructor(index: number, spec: ServerSpec, note: NoteServer) {
    this.index = index;
    this.#spec = spec;
    this.#note = note;
  }

  /** Starts a server. Rejects with its output if it does not listen. */
  static async start(index: number, spec: ServerSpec, note: NoteServer): Promise<ServerProcess> {
    const server = new ServerProcess(index, spec, note);
    await server.restart();
    return server;
  }

  /** The port of the present process. After a restart it is another one. */
  get port(): number {
    return this.#port;
  }

  /** Starts a process in place of one that has ended. */
  async restart(): Promise<void> {
    const child = fork(PROGRAM, [JSON.stringify(this.#spec)], {
      execArgv: ['--conditions=@coatcheck/source'],
      env: {
        ...process.env,
        NODE_ENV: 'production',
        NODE_COMPILE_CACHE: join(tmpdir(), `coatcheck-torture-${process.getuid?.() ?? 0}`),
      },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    running.add(child);
    this.#child = child;
    this.#output = '';
    this.#isExpectedToEnd = false;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        this.#output = (this.#output + chunk.toString()).slice(-MAX_OUTPUT);
      });
    }
    child.on('message', (report: Report) => {
      if (report.type === 'warning') this.#note(this.index, 'warned', report.code);
    });
    await this.#untilListening(child);
    child.once('exit', (code, signal) => {
      running.delete(child);
      if (this.#isExpectedToEnd) return;
      this.#note(this.index, 'died', `exit code ${code}, signal ${signal}: ${this.#output}`);
    });
    this.#note(this.index, 'started');
  }

  /** Kills the process, as a power failure would. */
  async kill(): Promise<void> {
    this.#note(this.index, 'killed');
    await this.#end();
  }

  /** Ends the process for good. */
  async stop(): Promise<void> {
    if (this.#child === undefined || !running.has(this.#child)) return;
    this.#note(this.index, 'stopped');
    await this.#end();
  }

  /** Suspends the process until `resume`. Its connections stay open. */
  pause(): void {
    this.#note(this.index, 'paused');
    this.#child?.kill('SIGSTOP');
  }

  resume(): void {
    this.#child?.kill('SIGCONT');
    this.#note(this.index, 'resumed');
  }

  /** Tells the process what to do, and waits until it is done. */
  async order(order: Order): Promise<void> {
    const child = this.#child;
    if (child === undefined) throw new Error(`Server ${this.index} does not run.`);
    const obeyed = new Promise<void>((resolve, reject) => {
      const settle = (act: () => void): void => {
        child.off('message', onMessage);
        child.off('exit', onExit);
        act();
      };
      const onExit = (): void => settle(() => reject(new Error(`Server ${this.index} ended.`)));
      const onMessage = (report: Report): void => {
        if (report.type === 'obeyed') settle(resolve);
      };
      child.on('message', onMessage);
      child.once('exit', onExit);
    });
    child.send(order);
    await obeyed;
  }

  async #end(): Promise<void> {
    const child = this.#child;
    if (child === undefined || !running.has(child)) return;
    this.#isExpectedToEnd = true;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
    running.delete(child);
  }

  #untilListening(child: ChildProcess): Promise<void> {
    return new Promise((resolve, reject) => {
      const fail = (why: string): void => {
        reject(new Error(`Server ${this.index} (${this.#spec.framework}) ${why}:\n${this.#output}`));
      };
      const timer = setTimeout(() => fail(`did not listen within ${PATIENCE} ms`), PATIENCE);
      const onExit = (): void => {
        clearTimeout(timer);
        running.delete(child);
        fail('ended before it listened');
      };
      const onMessage = (report: Report): void => {
        if (report.type !== 'listening') return;
        clearTimeout(timer);
        child.off('message', onMessage);
        child.off('exit', onExit);
        this.#port = report.port;
        resolve();
      };
      child.once('exit', onExit);
      child.on('message', onMessage);
    });
  }
}
