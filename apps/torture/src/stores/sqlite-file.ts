import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { removeDirectory, temporaryDirectory } from '../process/temporary-directory.ts';
import type { StoreAddress, StoreFault } from '../server/spec.ts';
import type { Abilities, StoreUnderTest } from './store-under-test.ts';

const LOCK_HOLDER = fileURLToPath(
  new URL('../../../../packages/sqlite/test/support/lock-holder.ts', import.meta.url),
);

/** SQLite in a file that all servers open. */
export class SqliteFile implements StoreUnderTest {
  readonly kind = 'sqlite';
  readonly version: string = `SQLite ${process.versions['sqlite'] ?? ''} of node:sqlite`;
  readonly can: Partial<Abilities> = { lock: () => this.#lock() };
  readonly #directory: string = temporaryDirectory('torture');
  readonly #fault: StoreFault | undefined;

  /** `fault` breaks it on purpose. */
  constructor(fault?: StoreFault) {
    this.#fault = fault;
  }

  addressOf(): StoreAddress {
    return { kind: 'sqlite', path: this.#path, fault: this.#fault };
  }

  linesOf(): undefined {
    return undefined;
  }

  async stop(): Promise<void> {
    removeDirectory(this.#directory);
  }

  get #path(): string {
    return join(this.#directory, 'sessions.db');
  }

  async #lock(): Promise<() => Promise<void>> {
    const holder = fork(LOCK_HOLDER, [this.#path], { execArgv: [] });
    const exited = once(holder, 'exit');
    const failed = exited.then(([code]) => {
      throw new Error(`The process that was to hold the lock ended with the exit code ${code}.`);
    });
    await Promise.race([once(holder, 'message'), failed]);
    failed.catch(() => {});
    return async () => {
      holder.send('release');
      await exited;
    };
  }
}
