import { Line } from '../../../example-websocket/test/support/line.ts';
import type { Lines } from './store-under-test.ts';

/** The lines of one server to every process of a store. */
export class LineBundle implements Lines {
  readonly ports: readonly number[];
  readonly #lines: readonly Line[];

  private constructor(lines: readonly Line[]) {
    this.#lines = lines;
    this.ports = lines.map(({ port }) => port);
  }

  /** Opens one bundle for each of so many servers. */
  static async openAll(servers: number, targets: readonly number[]): Promise<readonly LineBundle[]> {
    return Promise.all(
      Array.from(
        { length: servers },
        async () => new LineBundle(await Promise.all(targets.map((port) => Line.to(port)))),
      ),
    );
  }

  cut(how: 'broken' | 'silent'): void {
    for (const line of this.#lines) line.cut(how);
  }

  delay(milliseconds: number): void {
    for (const line of this.#lines) line.delay(milliseconds);
  }

  halfClose(towards: 'client' | 'server'): void {
    for (const line of this.#lines) line.halfClose(towards);
  }

  mend(): void {
    for (const line of this.#lines) line.mend();
  }

  async stop(): Promise<void> {
    await Promise.all(this.#lines.map((line) => line.stop()));
  }
}

/** Returns the bundle of a server. */
export function bundleOf(bundles: readonly LineBundle[], server: number): LineBundle {
  const bundle = bundles[server];
  if (bundle === undefined) throw new Error(`There is no server ${server}.`);
  return bundle;
}
