import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ShopProcess } from './shop-process.ts';

/** The demo users, as shown on the sign-in page. */
export const MAREN = { id: 'maren', email: 'maren@example.com', password: 'larch-and-lichen' } as const;
export const JOSS = { id: 'joss', email: 'joss@example.com', password: 'rain-on-slate' } as const;

/** How long a test may wait for processes on a busy machine, in milliseconds. */
export const PATIENCE = 120_000;

/** Starts shops for tests, and cleans up after them. */
export class Lab {
  readonly #main: URL;
  readonly #env: Readonly<Record<string, string>>;
  readonly #directories: string[] = [];
  readonly #shops: ShopProcess[] = [];

  constructor(main: URL, env: Readonly<Record<string, string>> = {}) {
    this.#main = main;
    this.#env = env;
  }

  /** Creates a directory for a shop's database. */
  directory(): string {
    const directory = mkdtempSync(join(tmpdir(), 'shop-'));
    this.#directories.push(directory);
    return directory;
  }

  /** Starts a shop. `directory` may be one that another shop uses or has used. */
  async start(
    env: Readonly<Record<string, string>> = {},
    directory: string = this.directory(),
  ): Promise<ShopProcess> {
    const shop = await ShopProcess.start({
      main: this.#main,
      dataDir: directory,
      env: { ...this.#env, ...env },
    });
    this.#shops.push(shop);
    return shop;
  }

  /** Starts a shop that must fail to start, and returns the error. */
  async expectStartFailure(env: Readonly<Record<string, string>>): Promise<string> {
    try {
      await this.start(env);
    } catch (error) {
      return String(error);
    }
    throw new Error('The shop must fail to start, but it started.');
  }

  /** Ends every shop and removes every directory. */
  async clear(): Promise<void> {
    await Promise.all(this.#shops.map((shop) => shop.kill()));
    for (const directory of this.#directories) rmSync(directory, { recursive: true, force: true });
  }
}
