import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { SERVER_USER } from './programs.ts';

/**
 * A shell beside the tests that starts and ends one server. It also ends it, and removes its directory, as soon as this process is gone, however that
 * came about.
 *
 * QUIT is PostgreSQL's immediate shutdown: every process ends where it is, as in a crash, and the next start recovers from the log. A suspended server
 * receives it once it continues. A Ctrl-C, which reaches the shell too, must not end it first.
 */
const SCRIPT = `
trap '' INT
directory=$1; signal=$2; shift 2
end() { if [ -n "$pid" ]; then kill -$signal $pid 2>/dev/null; kill -CONT $pid 2>/dev/null; wait $pid 2>/dev/null; pid=; fi; }
while read -r order; do
  case $order in
    start) "$@" >>"$directory/log" 2>&1 & pid=$!; echo $pid ;;
    end) end; echo ended ;;
  esac
done
end
rm -rf "$directory"`;

/** A directory for one server, and the shell that runs it. */
export class Leash {
  readonly directory: string;
  readonly #shell: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  private constructor(directory: string, shell: ChildProcess, lines: AsyncIterator<string>) {
    this.directory = directory;
    this.#shell = shell;
    this.#lines = lines;
  }

  /** Makes a directory for the user as whom the server runs. */
  static makeDirectory(): string {
    const directory = mkdtempSync(join(tmpdir(), 'coatcheck-pg-'));
    if (SERVER_USER !== undefined) chownSync(directory, SERVER_USER.uid, SERVER_USER.gid);
    return directory;
  }

  /** Takes charge of a directory, and of a server that is not started yet. */
  static hold(
    directory: string,
    signal: 'QUIT' | 'TERM',
    program: string,
    ...args: readonly string[]
  ): Leash {
    const shell = spawn('sh', ['-c', SCRIPT, 'sh', directory, signal, program, ...args], {
      cwd: directory,
      stdio: ['pipe', 'pipe', 'ignore'],
      ...SERVER_USER,
    });
    return new Leash(directory, shell, createInterface({ input: shell.stdout })[Symbol.asyncIterator]());
  }

  /** Starts the server; it may not be ready yet. Returns its process's ID. */
  async start(): Promise<number> {
    return Number(await this.#order('start'));
  }

  /** Ends the server as a crash does. */
  async end(): Promise<void> {
    await this.#order('end');
  }

  /** Ends the server and removes the directory. */
  async release(): Promise<void> {
    const exited = once(this.#shell, 'exit');
    this.#shell.stdin?.end();
    if (this.#shell.exitCode === null) await exited;
  }

  async #order(order: string): Promise<string> {
    this.#shell.stdin?.write(`${order}\n`);
    const { value } = await this.#lines.next();
    return String(value);
  }
}
