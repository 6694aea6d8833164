import { statSync } from 'node:fs';
import { SessionError } from '@coatcheck/core';
import { columnsOf, prepare, type SqliteConnection } from './connection.ts';

/** How often the file is looked at, in milliseconds. */
const INTERVAL = 1000;

/**
 * Notices that the file of an open database was deleted or replaced. SQLite does not: it keeps using the deleted file, and everything that it writes
 * is lost when the process ends.
 */
export class FileWatch {
  /** The path of the file; undefined for a database in memory. */
  readonly path: string | undefined;
  readonly #identity: string | undefined;
  readonly #now: () => number;
  #checkedAt: number;

  /** Takes the file from the connection. A database in memory has none. */
  constructor(connection: SqliteConnection, now: () => number = () => Date.now()) {
    const file = columnsOf(prepare(connection, 'PRAGMA database_list').get())[2];
    this.path = typeof file === 'string' && file !== '' ? file : undefined;
    this.#identity = this.path && identityOf(this.path);
    this.#now = now;
    this.#checkedAt = now();
  }

  /**
   * Looks at the file, at most once a second.
   *
   * @throws SessionError `ERR_STORE_UNAVAILABLE` if the path names no file or another one now
   */
  check(): void {
    if (this.path === undefined || this.#identity === undefined) return;
    const now = this.#now();
    if (Math.abs(now - this.#checkedAt) < INTERVAL) return;
    if (identityOf(this.path) !== this.#identity) {
      throw new SessionError(
        'ERR_STORE_UNAVAILABLE',
        `The database file '${this.path}' was deleted or replaced while it was open, so what this process writes would be lost. Find out what removed it, and restart the process.`,
      );
    }
    this.#checkedAt = now;
  }
}

function identityOf(file: string): string | undefined {
  const stats = statSync(file, { bigint: true, throwIfNoEntry: false });
  return stats === undefined ? undefined : `${stats.dev}:${stats.ino}`;
}
