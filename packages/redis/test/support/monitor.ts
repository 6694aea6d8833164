import type { TestServer } from './server.ts';
import { Wire } from './wire.ts';

/** Commands with which clients introduce themselves when they connect. */
const GREETINGS: ReadonlySet<string> = new Set(['hello', 'client', 'info']);

/** Records which commands a server receives from clients, by MONITOR. */
export class Monitor {
  readonly #server: TestServer;
  readonly #wire: Wire;
  readonly #lines: string[] = [];
  #marks = 0;

  private constructor(server: TestServer, wire: Wire) {
    this.#server = server;
    this.#wire = wire;
  }

  static async open(server: TestServer): Promise<Monitor> {
    const monitor = new Monitor(server, await Wire.open(server.port));
    await monitor.#wire.monitor((line) => monitor.#lines.push(line));
    return monitor;
  }

  /** Returns the names of the commands that clients send during an action, without greetings and without commands run by scripts. */
  async during(action: () => Promise<unknown>): Promise<string[]> {
    const from = (await this.#mark()) + 1;
    await action();
    const to = await this.#mark();
    return this.#lines
      .slice(from, to)
      .filter((line) => !line.includes(' lua] '))
      .map((line) => /\] "([^"]*)"/.exec(line)?.[1]?.toLowerCase() ?? line)
      .filter((name) => !GREETINGS.has(name));
  }

  close(): void {
    this.#wire.close();
  }

  /** Sends a unique command and returns the index of its line. Everything sent before it has then been recorded. */
  async #mark(): Promise<number> {
    this.#marks += 1;
    const mark = `mark-${this.#marks}`;
    await this.#server.send('echo', mark);
    for (;;) {
      const at = this.#lines.findIndex((line) => line.includes(`"${mark}"`));
      if (at >= 0) return at;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}
