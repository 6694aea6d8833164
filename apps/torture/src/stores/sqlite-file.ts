import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { StoreAddress } from '../server/spec.ts';
import type { Abilities, StoreUnderTest } from './store-under-test.ts';

const LOCK_HOLDER = fileURLToPath(
  new URL('../../../../packages/sqlite/test/support/lock-holder.ts', import.meta.url),
);

/** SQLite in a file that all servers open. */
export class SqliteFile implements StoreUnderTest {
  readonly kind = 'sqlite';
  readonly version: string = `SQLite ${process.versions['sqlite'] ?? ''} of node:sqlite`;
  readonly can: Partial<Abilities> = { lock: () => this.#lock() };
  readonly #directory: string = mkdtempSync(join(tmpdir(), 'coatcheck-torture-'));
  readonly #ignoresVersions: boolean;

  /** `ignoresVersions` breaks it on purpose. */
  constructor(ignoresVersions = false) {
    this.#ignoresVersions = ignoresVersions;
  }

  addressOf(): StoreAddress {
    return { kind: 'sqlite', path: this.#path, ignoresVersions: this.#ignoresVersions };
  }

  linesOf(): undefined {
    return undefined;
  }

  async stop(): Promise<void> {
    rmSync(this.#directory, { recursive: true, force: true });
  }

  get #path(): string {
    return join(this.#directory, 'sessions.db');
  }

  async #lock(): Promise<() => Promise<void>> {
    const holder = fork(LOCK_HOLDER, [this.#path], { execArgv: [] });
    await once(holder, 'message');
    return async () => {
      const exited = once(holder, 'exit');
      holder.send('release');
      await exited;
    };
  }
}
