import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SideEntry } from '../side-list.ts';
import type { Reply, TaskName, Tasks } from './task.ts';

/** Spares each process after the first the compiling of the same code. */
const CODE_CACHE = mkdtempSync(join(tmpdir(), 'coatcheck-bench-code-'));
process.on('exit', () => rmSync(CODE_CACHE, { recursive: true, force: true }));

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));

/** A process that runs one side. It does one task at a time and costs nothing between them. */
export class Worker {
  readonly entry: SideEntry;
  readonly #child: ChildProcess;
  readonly #directory: string;
  #errors = '';

  private constructor(
    entry: SideEntry,
    options: { isCounting: boolean; redisUrl: string; postgresUrl: string },
  ) {
    this.entry = entry;
    this.#directory = mkdtempSync(join(tmpdir(), 'coatcheck-bench-'));
    const given = [
      '--directory',
      this.#directory,
      '--redis',
      options.redisUrl,
      '--postgres',
      options.postgresUrl,
    ];
    if (options.isCounting) given.push('--count');
    this.#child = fork(MAIN, [entry.id, ...given], {
      env: { ...process.env, NODE_ENV: 'production', NODE_COMPILE_CACHE: CODE_CACHE },
      execArgv: ['--expose-gc'],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    // The last of what it says, for when it fails; libraries warn and log there too.
    this.#child.stderr?.on('data', (chunk: Buffer) => {
      this.#errors = (this.#errors + chunk).slice(-4000);
    });
  }

  static async start(
    entry: SideEntry,
    options: { isCounting?: boolean; redisUrl?: string; postgresUrl?: string } = {},
  ): Promise<Worker> {
    const { isCounting = false, redisUrl = '', postgresUrl = '' } = options;
    const worker = new Worker(entry, { isCounting, redisUrl, postgresUrl });
    await worker.#reply();
    return worker;
  }

  async do<Name extends TaskName>(name: Name, ask: Tasks[Name]['ask']): Promise<Tasks[Name]['reply']> {
    this.#child.send({ name, ask });
    const reply: Reply<Name> = await this.#reply();
    if ('error' in reply) throw new Error(`${this.entry.id}, ${name}: ${reply.error}`);
    return reply.ok;
  }

  async stop(): Promise<void> {
    const gone = once(this.#child, 'exit');
    if (this.#child.connected) this.#child.disconnect();
    if (this.#child.exitCode === null && this.#child.signalCode === null) await gone;
    rmSync(this.#directory, { recursive: true, force: true });
  }

  #reply<Name extends TaskName>(): Promise<Reply<Name>> {
    return new Promise((resolve, reject) => {
      const exited = (): void => {
        reject(new Error(`The process of ${this.entry.id} ended: ${this.#errors}`));
      };
      this.#child.once('exit', exited);
      this.#child.once('message', (reply: Reply<Name>) => {
        this.#child.off('exit', exited);
        resolve(reply);
      });
    });
  }
}
