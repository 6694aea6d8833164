import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { AdapterUnderTest, ContractApp, ServedApp } from '@coatcheck/adapter-contract';

interface Done {
  readonly done: number;
  readonly port?: number;
}

/** Serves apps in a process of another runtime. */
export class ChildRuntime implements AdapterUnderTest {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #waiting = new Map<number, (done: Done) => void>();
  readonly #ready: Promise<Done>;
  #orders = 0;
  #complaint = '';

  constructor(command: string, args: readonly string[]) {
    this.#child = spawn(command, args);
    this.#ready = this.#await(0);
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#complaint += text;
    });
    createInterface({ input: this.#child.stdout }).on('line', (line) => {
      const done: Done = JSON.parse(line);
      this.#waiting.get(done.done)?.(done);
    });
  }

  async serve({ scenario }: ContractApp): Promise<ServedApp> {
    this.#orders += 1;
    const order = this.#orders;
    const { port } = await this.#give(order, { open: order, scenario });
    return { url: `http://localhost:${port}`, close: () => this.#give(order, { close: order }) };
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    this.#child.stdin.end();
    this.#child.kill();
    await once(this.#child, 'exit');
  }

  /** Resolves when orders can be given. */
  async ready(): Promise<this> {
    await this.#ready;
    return this;
  }

  #give(order: number, text: object): Promise<Done> {
    const done = this.#await(order);
    this.#child.stdin.write(`${JSON.stringify(text)}\n`);
    return done;
  }

  #await(order: number): Promise<Done> {
    const { promise, resolve, reject } = Promise.withResolvers<Done>();
    const fail = () => reject(new Error(`The runtime is gone: ${this.#complaint}`));
    this.#waiting.set(order, resolve);
    this.#child.once('exit', fail);
    if (this.#child.exitCode !== null) fail();
    return promise.finally(() => this.#child.off('exit', fail));
  }
}
