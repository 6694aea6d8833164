import type { TestServer } from './server.ts';
import { Wire } from './wire.ts';

/** What clients say about themselves when they connect. */
const GREETINGS: ReadonlySet<string> = new Set(['hello', 'client', 'info']);

/** Counts on the wire which commands a server gets from clients, by MONITOR. */
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

  /** Gives the names of the commands that clients send while something is done, without greetings and what scripts run. */
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

  /** Sends a command that can be told from others, and gives its line: all that came before it has been seen. */
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
