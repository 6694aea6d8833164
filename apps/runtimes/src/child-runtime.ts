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
  #commands = 0;
  #stderr = '';

  constructor(command: string, args: readonly string[]) {
    this.#child = spawn(command, args);
    this.#ready = this.#await(0);
    this.#child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      this.#stderr += chunk;
    });
    createInterface({ input: this.#child.stdout }).on('line', (line) => {
      // A framework may print lines of its own.
      if (!line.startsWith('{')) return;
      const done: Done = JSON.parse(line);
      this.#waiting.get(done.done)?.(done);
    });
  }

  async serve({ scenario }: ContractApp): Promise<ServedApp> {
    this.#commands += 1;
    const command = this.#commands;
    const { port } = await this.#send(command, { open: command, scenario });
    return { url: `http://localhost:${port}`, close: () => this.#send(command, { close: command }) };
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    this.#child.stdin.end();
    this.#child.kill();
    await once(this.#child, 'exit');
  }

  /** Resolves when the process accepts commands. */
  async ready(): Promise<this> {
    await this.#ready;
    return this;
  }

  #send(command: number, message: object): Promise<Done> {
    const done = this.#await(command);
    this.#child.stdin.write(`${JSON.stringify(message)}\n`);
    return done;
  }

  #await(command: number): Promise<Done> {
    const { promise, resolve, reject } = Promise.withResolvers<Done>();
    const fail = () => reject(new Error(`The runtime has exited: ${this.#stderr}`));
    this.#waiting.set(command, resolve);
    this.#child.once('exit', fail);
    if (this.#child.exitCode !== null) fail();
    return promise.finally(() => this.#child.off('exit', fail));
  }
}
