import type { SessionStore, StoreRecord } from '@coatcheck/core';
import { configError, isLocked } from '../errors.ts';
import { checkNames, checkOptions } from '../options.ts';
import { requireWellFormed, toRecord } from '../table/record.ts';
import { MIGRATIONS, VERSION_SQL } from '../table/schema.ts';
import { decodeBytes, type StatementTexts, statementsOf } from '../table/sql.ts';
import type { LibsqlClient, LibsqlResult, LibsqlStatement } from './client.ts';
import { explain, isTableMissing, isTableThere, timeoutError } from './errors.ts';

/** Options of {@link libsqlStore}. */
export interface LibsqlStoreOptions {
  /**
   * Names the table. At most 60 letters, digits and underscores, not starting with a digit or `sqlite_`.
   *
   * Default: `coatcheck_sessions`.
   */
  readonly table?: string;
  /**
   * Sets how long a call waits for the database, and for the lock of another connection, before it rejects, in milliseconds. A statement that was sent may still
   * be executed later.
   *
   * Default: 2000.
   */
  readonly queryTimeout?: number;
}

/** Keeps records in a table of libSQL. It has no `close`: the client stays yours. */
export interface LibsqlStore extends SessionStore {
  /** Reads a record. Rejects if the database fails or does not respond within `queryTimeout`. */
  read(key: string): Promise<StoreRecord | undefined>;
  /** Writes or deletes a record if its version is `expected`. Resolves to whether it did. If it rejects, the write may have been applied. */
  compareAndSet(key: string, expected: number | null, next: StoreRecord | null): Promise<boolean>;
  /** Removes up to `limit` expired records, the longest expired first. Resolves to how many it removed. */
  sweep(now: number, limit: number): Promise<number>;
  /** Removes every record. */
  clear(): Promise<void>;
}

const DEFAULT_TIMEOUT = 2000;
const MAX_TIMEOUT = 2 ** 31 - 1;

/**
 * Opens a store in a table of a libSQL database, through a client of `@libsql/client` that the app creates and closes: a `file:`, or a server over HTTP. The first call that
 * finds no table creates it.
 *
 * A table of a `file:` is the one that `sqliteStore` uses, so either may open it.
 *
 * @example
 * ```ts
 * import { createClient } from '@libsql/client';
 *
 * const client = createClient({ url: 'libsql://shop.turso.io', authToken: process.env.TURSO_TOKEN ?? '' });
 * const sessions = createSessions({ store: libsqlStore(client) });
 * ```
 *
 * @throws {SessionError} `ERR_CONFIG` if the client is of another kind, or if an option is unknown or invalid.
 *
 * Danger: an embedded replica (a client with `syncUrl`) reads its own copy, where a session that was ended elsewhere still works. Use a client without one.
 */
export function libsqlStore(client: LibsqlClient, options: LibsqlStoreOptions = {}): LibsqlStore {
  if (!isClient(client)) {
    throw configError('The first argument of libsqlStore', client, 'a client of @libsql/client');
  }
  checkNames('libsqlStore', options, ['table', 'queryTimeout']);
  const { table } = checkOptions(options.table === undefined ? {} : { table: options.table });
  const { queryTimeout = DEFAULT_TIMEOUT } = options;
  if (!Number.isInteger(queryTimeout) || queryTimeout < 1 || queryTimeout > MAX_TIMEOUT) {
    const expected = `a whole number of milliseconds from 1 to ${MAX_TIMEOUT}`;
    throw configError('queryTimeout', queryTimeout, expected);
  }
  return new ClientStore(client, table, queryTimeout);
}

class ClientStore implements LibsqlStore {
  readonly #client: LibsqlClient;
  readonly #table: string;
  readonly #timeout: number;
  readonly #sql: StatementTexts;

  constructor(client: LibsqlClient, table: string, timeout: number) {
    this.#client = client;
    this.#table = table;
    this.#timeout = timeout;
    // The client of files cuts strings off at the first NUL when it reads them.
    this.#sql = statementsOf(table, client.protocol === 'file');
  }

  async read(key: string): Promise<StoreRecord | undefined> {
    requireWellFormed('key', key);
    const { rows } = await this.#call(this.#sql.read, key);
    const [row] = Array.from(rows);
    if (row === undefined) return undefined;
    const [version, expiresAt, body] = Array.from(row);
    return toRecord(
      Number(version),
      Number(expiresAt),
      body instanceof ArrayBuffer ? decodeBytes(body) : body,
    );
  }

  async compareAndSet(key: string, expected: number | null, next: StoreRecord | null): Promise<boolean> {
    requireWellFormed('key', key);
    if (next !== null) requireWellFormed('body', next.body);
    const sql = this.#sql;
    if (next === null) {
      if (expected === null) return (await this.read(key)) === undefined;
      return (await this.#change(sql.delete, key, expected)) === 1;
    }
    const { version, expiresAt, body } = next;
    if (expected === null)
      return (await this.#change(sql.create, key, version, expiresAt, expiresAt, body)) === 1;
    return (
      (await this.#change(sql.replace, version, expiresAt, body, key, expected, expiresAt)) === 1 ||
      (await this.#change(sql.replaceSooner, version, expiresAt, expiresAt, body, key, expected)) === 1
    );
  }

  /** A write that extends a deadline leaves `sweep_at` alone, so a due record may have been used since. Such a record is postponed. */
  async sweep(now: number, limit: number): Promise<number> {
    let total = 0;
    for (let left = limit; left > 0; ) {
      const removed = await this.#change(this.#sql.sweep, now, left, now);
      total += removed;
      const postponed = removed < left ? await this.#change(this.#sql.postpone, now, left, now) : 0;
      if (removed + postponed < left) break;
      left -= removed;
    }
    return total;
  }

  async clear(): Promise<void> {
    await this.#change(this.#sql.clear);
  }

  async #change(sql: string, ...args: (string | number)[]): Promise<number> {
    return (await this.#call(sql, ...args)).rowsAffected;
  }

  /** Runs a statement, and creates the table if that is what is missing. */
  async #call(sql: string, ...args: (string | number)[]): Promise<LibsqlResult> {
    const deadline = performance.now() + this.#timeout;
    const execute = (): Promise<LibsqlResult> =>
      this.#within(deadline, () => this.#client.execute({ sql, args }));
    try {
      return await execute();
    } catch (error) {
      if (!isTableMissing(error)) throw explain(error, this.#table);
    }
    try {
      await this.#createTable(deadline);
      return await execute();
    } catch (error) {
      throw explain(error, this.#table);
    }
  }

  async #createTable(deadline: number): Promise<void> {
    if (this.#client.protocol === 'file') {
      // With it, readers and the writer do not wait for each other. The file remembers it.
      const sql = 'PRAGMA journal_mode = WAL';
      await this.#within(deadline, () => this.#client.execute({ sql, args: [] }));
    }
    const statements: LibsqlStatement[] = [
      ...MIGRATIONS.flatMap((migration) => migration(this.#table)).map((sql) => ({ sql, args: [] })),
      { sql: VERSION_SQL.create, args: [] },
      { sql: VERSION_SQL.record, args: [this.#table, MIGRATIONS.length] },
    ];
    try {
      await this.#within(deadline, () => this.#client.batch(statements, 'write'));
    } catch (error) {
      if (!isTableThere(error)) throw error;
    }
  }

  /** Makes a call of the client until no other connection has the lock, or until the time is up. A call that was refused for a lock has changed nothing. */
  async #within<Result>(deadline: number, call: () => Promise<Result>): Promise<Result> {
    for (;;) {
      try {
        return await this.#bound(deadline, call());
      } catch (error) {
        if (!isLocked(error) || performance.now() >= deadline) throw error;
        await new Promise((resolve) => setTimeout(resolve, 1 + Math.random() * 9));
      }
    }
  }

  /** Settles like the call, or rejects when the time is up. */
  #bound<Result>(deadline: number, call: Promise<Result>): Promise<Result> {
    return new Promise((resolve, reject) => {
      const left = Math.max(deadline - performance.now(), 0);
      const timer = setTimeout(() => reject(timeoutError(this.#timeout)), left);
      call.then(resolve, reject).finally(() => clearTimeout(timer));
    });
  }
}

function isClient(client: unknown): boolean {
  if (typeof client !== 'object' || client === null) return false;
  const { execute, batch, protocol }: { execute?: unknown; batch?: unknown; protocol?: unknown } = client;
  return typeof execute === 'function' && typeof batch === 'function' && typeof protocol === 'string';
}
