import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { StoreElsewhere } from './factory.ts';

/** Tells a contender how many writers try how often to write the next version. */
export interface Task {
  readonly key: string;
  readonly expiresAt: number;
  readonly writers: number;
  readonly attempts: number;
  /** Part of every body, so that no two contenders write the same body. */
  readonly name: string;
}

/** Tells a contender to publish a message. */
export interface Publication {
  readonly publish: string;
}

/** A write for which `compareAndSet` returned true. */
export interface Win {
  readonly version: number;
  readonly body: string;
}

/** A contender's report: that the store is open, what it won, or what went wrong. */
export type Report =
  | { readonly kind: 'opened' }
  | { readonly kind: 'published' }
  | { readonly kind: 'won'; readonly wins: readonly Win[] }
  | { readonly kind: 'failed'; readonly reason: string };

/** Finds the program next to this module and of the same kind, in the sources (.ts) as well as in the package (.js, .cjs). A bundle for a worker has no such file. */
const program = () => fileURLToPath(new URL(`./contender${extname(import.meta.url)}`, import.meta.url));

/** Runs another process that opens the same store. */
export class Contender {
  readonly #child: ChildProcess;
  readonly #reports: Report[] = [];
  #wake: () => void = () => {};

  constructor({ module, argument, execArgv = [] }: StoreElsewhere) {
    this.#child = fork(program(), [module.href, argument], { execArgv: [...execArgv] });
    this.#child.on('message', (report: Report) => this.#take(report));
    this.#child.on('error', (error) => this.#take({ kind: 'failed', reason: error.message }));
    this.#child.on('exit', (code, signal) =>
      this.#take({ kind: 'failed', reason: `it exited with ${signal ?? `code ${code}`}` }),
    );
  }

  /** Resolves when the process has opened the store. */
  async opened(): Promise<void> {
    await this.#next();
  }

  /** Makes the writers of that process write. Resolves to what they won. */
  async write(task: Task): Promise<readonly Win[]> {
    this.#child.send(task);
    const report = await this.#next();
    return report.kind === 'won' ? report.wins : [];
  }

  /** Makes that process publish a message. */
  async publish(message: string): Promise<void> {
    this.#child.send({ publish: message } satisfies Publication);
    await this.#next();
  }

  /** Ends the process. */
  async end(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await exited;
  }

  #take(report: Report): void {
    this.#reports.push(report);
    this.#wake();
  }

  async #next(): Promise<Report> {
    while (this.#reports.length === 0) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    const report = this.#reports.shift();
    if (report === undefined || report.kind === 'failed') {
      throw new Error(`The store failed in another process: ${report?.reason ?? 'it sent no report'}`);
    }
    return report;
  }
}
