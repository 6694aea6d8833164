import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { type Control, isStatus, type Status } from './control.ts';

const CONTROLS = new URL('./test-controls.ts', import.meta.url).href;

/** How to start a shop. */
export interface ShopStart {
  /** The module that starts it. */
  readonly main: URL;
  readonly dataDir: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Shops are started often, so Node.js caches their compiled modules. */
const COMPILE_CACHE = fileURLToPath(new URL('../../node_modules/.cache/compile', import.meta.url));

const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** A shop that runs in its own process. */
export class ShopProcess {
  readonly url: string;
  readonly #child: ChildProcess;
  readonly #output: () => string;

  private constructor(child: ChildProcess, url: string, output: () => string) {
    this.#child = child;
    this.url = url;
    this.#output = output;
  }

  /** Starts a shop on a free port. Resolves when it has printed its URL; rejects with its output if it exits before that. */
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
    let isListening = false;
    return new Promise((resolve, reject) => {
      const onOutput = (chunk: Buffer): void => {
        output += chunk.toString();
        const url = /open on (http:\/\/localhost:\d+)/.exec(output)?.[1];
        if (url === undefined || isListening) return;
        isListening = true;
        const control: Control = { keepCompiled: true };
        child.send(control);
        resolve(new ShopProcess(child, url, () => output));
      };
      child.stdout?.on('data', onOutput);
      child.stderr?.on('data', onOutput);
      child.once('exit', (code) => {
        running.delete(child);
        reject(new Error(`The shop exited with ${code} before it was listening:\n${output}`));
      });
    });
  }

  /** Everything that the shop has printed. */
  get output(): string {
    return this.#output();
  }

  /** Kills the process, as a power failure would. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** Asks the process to stop. Resolves to its exit code. */
  stop(signal: 'SIGTERM' | 'SIGINT' = 'SIGTERM'): Promise<number | null> {
    return this.#end(signal);
  }

  /** Resolves when the process has ended, to the signal that ended it. */
  async ended(): Promise<NodeJS.Signals | null> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) await once(this.#child, 'exit');
    return this.#child.signalCode;
  }

  /** Advances the clock of the process, in milliseconds. */
  async advance(by: number): Promise<void> {
    await this.#ask({ advance: by });
  }

  /** Makes every statement of its database fail, or lets them succeed again. */
  async breakDatabase(isBroken: boolean): Promise<void> {
    await this.#ask({ breakDatabase: isBroken });
  }

  /** Returns how many statements its database has run. */
  async statements(): Promise<number> {
    return (await this.#ask({})).statements;
  }

  async #ask(control: Control): Promise<Status> {
    const reply = once(this.#child, 'message');
    this.#child.send(control);
    const [status]: readonly unknown[] = await reply;
    if (!isStatus(status)) throw new Error('The shop must reply with its status; it sent another message.');
    return status;
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
