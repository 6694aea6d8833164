import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Control, isTold, type Told } from './control.ts';

const CONTROLS = new URL('./test-controls.ts', import.meta.url).href;

/** What a shop is started with. */
export interface ShopStart {
  /** The module that starts it. */
  readonly main: URL;
  readonly dataDir: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Shops are started often, so what Node.js made of their modules is kept. */
const COMPILE_CACHE = join(tmpdir(), 'coatcheck-shop-compile-cache');

const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** A shop that runs in a process of its own. */
export class ShopProcess {
  readonly url: string;
  readonly #child: ChildProcess;
  readonly #output: () => string;

  private constructor(child: ChildProcess, url: string, output: () => string) {
    this.#child = child;
    this.url = url;
    this.#output = output;
  }

  /** Starts a shop on a free port, and resolves once it has printed its address. Rejects with its output where it ends before. */
  static start({ main, dataDir, env = {} }: ShopStart): Promise<ShopProcess> {
    const child = spawn(
      process.execPath,
      ['--conditions=@coatcheck/source', '--import', CONTROLS, fileURLToPath(main)],
      {
        env: {
          PATH: process.env['PATH'],
          NODE_COMPILE_CACHE: COMPILE_CACHE,
          PORT: '0',
          DATA_DIR: dataDir,
          ...env,
        },
        stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      },
    );
    running.add(child);
    let output = '';
    let answers = false;
    return new Promise((resolve, reject) => {
      const hear = (chunk: Buffer): void => {
        output += chunk.toString();
        const url = /open on (http:\/\/localhost:\d+)/.exec(output)?.[1];
        if (url === undefined || answers) return;
        answers = true;
        const control: Control = { keepCompiled: true };
        child.send(control);
        resolve(new ShopProcess(child, url, () => output));
      };
      child.stdout?.on('data', hear);
      child.stderr?.on('data', hear);
      child.once('exit', (code) => {
        running.delete(child);
        reject(new Error(`The shop ended with ${code} before it answered:\n${output}`));
      });
    });
  }

  /** Everything that it has printed. */
  get output(): string {
    return this.#output();
  }

  /** Ends it as if by a power cut. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** Asks it to stop, and gives the code that it ends with. */
  stop(signal: 'SIGTERM' | 'SIGINT' = 'SIGTERM'): Promise<number | null> {
    return this.#end(signal);
  }

  /** Resolves when it has ended by itself, with the signal that ended it. */
  async ended(): Promise<NodeJS.Signals | null> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) await once(this.#child, 'exit');
    return this.#child.signalCode;
  }

  /** Moves its clock on, in milliseconds. */
  async advance(by: number): Promise<void> {
    await this.#ask({ advance: by });
  }

  /** Counts the statements that its database has been given. */
  async statements(): Promise<number> {
    return (await this.#ask({})).statements;
  }

  async #ask(control: Control): Promise<Told> {
    const answer = once(this.#child, 'message');
    this.#child.send(control);
    const [told]: readonly unknown[] = await answer;
    if (!isTold(told)) throw new Error('The shop told something else.');
    return told;
  }

  async #end(signal: NodeJS.Signals): Promise<number | null> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const exit = once(this.#child, 'exit');
      this.#child.kill(signal);
      await exit;
    }
    return this.#child.exitCode;
  }
}
