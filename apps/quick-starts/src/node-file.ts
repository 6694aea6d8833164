import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname } from 'node:path';

const PORT = new URL('./port.ts', import.meta.url).href;
const SECONDS = 20;

const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** A server that is one file, run by Node.js as a reader of the documentation does. */
export class NodeFile {
  readonly origin: string;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, port: number) {
    this.#child = child;
    this.origin = `http://localhost:${port}`;
  }

  /** Resolves when the file listens; rejects with its output if it exits before that, or takes too long. */
  static async start(file: string, env: Readonly<Record<string, string>>): Promise<NodeFile> {
    const child = spawn(process.execPath, ['--import', PORT, file], {
      cwd: dirname(file),
      env: { PATH: process.env['PATH'], ...env },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    running.add(child);
    child.once('exit', () => running.delete(child));
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        output += chunk.toString();
      });
    }
    const late = AbortSignal.timeout(SECONDS * 1000);
    const port = await Promise.race([
      once(child, 'message', { signal: late }).then(([message]) => Number(message)),
      once(child, 'exit', { signal: late }).then(([code]) => {
        throw new Error(`${file} exited with ${code}:\n${output}`);
      }),
    ]);
    return new NodeFile(child, port);
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill('SIGKILL');
    await once(this.#child, 'exit');
  }
}
