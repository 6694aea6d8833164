import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ServerEvent } from '../history/events.ts';
import type { Order, Question, Reading, Report, ServerSpec } from '../server/spec.ts';

const PROGRAM = fileURLToPath(new URL('../server/main.ts', import.meta.url));
const PLANTER = new URL('../server/plant.ts', import.meta.url).href;
const PATIENCE = 60_000;
const MAX_OUTPUT = 2000;

/** Every child that runs. None outlives this process, unless that is killed with SIGKILL while the child is suspended. */
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

  /** Starts a server. Rejects with its output if it does not listen; `patience` is how long it has, in milliseconds. */
  static async start(
    index: number,
    spec: ServerSpec,
    note: NoteServer,
    patience: number = PATIENCE,
  ): Promise<ServerProcess> {
    const server = new ServerProcess(index, spec, note);
    await server.restart(patience);
    return server;
  }

  /** The port of the present process. After a restart it is another one. */
  get port(): number {
    return this.#port;
  }

  /** Starts a process in place of one that has ended. */
  async restart(patience: number = PATIENCE): Promise<void> {
    const child = fork(PROGRAM, [JSON.stringify(this.#spec)], {
      execArgv: [
        '--conditions=@coatcheck/source',
        ...(this.#spec.isMeasured === true ? ['--expose-gc'] : []),
        ...(this.#spec.plants === undefined ? [] : ['--import', PLANTER]),
      ],
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
    await this.#untilListening(child, patience);
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

  /** Tells the process what to do, and waits until it is done, for so many milliseconds at most. */
  async order(order: Order, patience: number = PATIENCE): Promise<void> {
    await this.#ask(order, 'obeyed', patience);
  }

  /** Lets a measured process forget how its start went. */
  async restartMeasuring(): Promise<void> {
    await this.#ask('restart-measuring', 'obeyed');
  }

  /** Returns what a measured process was like since the reading before. */
  async measure(): Promise<Reading> {
    const { reading } = await this.#ask('measure', 'measured');
    return reading;
  }

  /** Sends a message, and resolves to the report of that type. Rejects if none comes: a process that is stuck must not hold up the run. */
  #ask<Type extends Report['type']>(
    message: Order | Question,
    type: Type,
    patience: number = PATIENCE,
  ): Promise<Extract<Report, { type: Type }>> {
    return new Promise((resolve, reject) => {
      const child = this.#child;
      if (child === undefined || !running.has(child)) {
        reject(new Error(`Server ${this.index} does not run.`));
        return;
      }
      const settle = (act: () => void): void => {
        clearTimeout(timer);
        child.off('message', onMessage);
        child.off('exit', onExit);
        act();
      };
      const fail = (why: string): void =>
        settle(() => reject(new Error(`Server ${this.index} ${why}: ${this.#output}`)));
      const onExit = (): void => fail('ended');
      const onMessage = (report: Report): void => {
        if (isOfType(report, type)) settle(() => resolve(report));
      };
      const timer = setTimeout(() => fail(`was stuck for ${patience} ms`), patience);
      child.on('message', onMessage);
      child.once('exit', onExit);
      child.send(message, (error) => {
        if (error !== null) fail(error.message);
      });
    });
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

  #untilListening(child: ChildProcess, patience: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (act: () => void): void => {
        clearTimeout(timer);
        child.off('message', onMessage);
        child.off('exit', onExit);
        child.off('error', onError);
        act();
      };
      const fail = (why: string): void => {
        settle(() => {
          // One that is late must not listen after all, nor outlive the run.
          child.kill('SIGKILL');
          running.delete(child);
          reject(new Error(`Server ${this.index} (${this.#spec.framework}) ${why}:\n${this.#output}`));
        });
      };
      const timer = setTimeout(() => fail(`did not listen within ${patience} ms`), patience);
      const onExit = (): void => fail('ended before it listened');
      const onError = ({ message }: Error): void => fail(`was not started: ${message}`);
      const onMessage = (report: Report): void => {
        if (report.type !== 'listening') return;
        settle(() => {
          this.#port = report.port;
          resolve();
        });
      };
      child.once('exit', onExit);
      child.once('error', onError);
      child.on('message', onMessage);
    });
  }
}

function isOfType<Type extends Report['type']>(
  report: Report,
  type: Type,
): report is Extract<Report, { type: Type }> {
  return report.type === type;
}
