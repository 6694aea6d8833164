import { SessionError, type SessionStore, type StoreRecord } from '@coatcheck/core';
import { bindingError, checkNames, hasMethod, optionError, platformError } from '../errors.ts';
import type { D1Binding } from './binding.ts';

/** Options of {@link d1Store}. */
export interface D1StoreOptions {
  /**
   * Names the table. At most 60 letters, digits and underscores, not starting with a digit, `sqlite_` or `_cf_`.
   *
   * Default: `coatcheck_sessions`.
   */
  readonly table?: string;
  /** Creates the table at the first call that finds none. Set it to false if a migration creates it with {@link createTableSql}. Default: true. */
  readonly createTable?: boolean;
}

const TABLE = 'coatcheck_sessions';

/**
 * Returns the SQL that creates the store's table and its index, for `wrangler d1 migrations`. Repeating it changes nothing. Default for `table`: `coatcheck_sessions`.
 *
 * @example
 * ```ts
 * import { writeFileSync } from 'node:fs';
 *
 * writeFileSync('migrations/0001_sessions.sql', createTableSql());
 * ```
 */
export function createTableSql(table: string = TABLE): string {
  checkTable(table);
  return `${creation(table).join(';\n')};\n`;
}

/**
 * Keeps records in a table of D1, and creates the table if there is none. All calls go to the primary database, since an older copy would undo a sign-out.
 *
 * Returns the same store for the same binding and options, so it may be called for each request.
 *
 * @example
 * ```ts
 * import { env } from 'cloudflare:workers';
 * const sessions = createSessions({ store: d1Store(env.DB) });
 * ```
 *
 * @throws {SessionError} `ERR_CONFIG` if the binding is missing or of another kind, or an option is invalid.
 */
export function d1Store(binding: D1Binding, options: D1StoreOptions = {}): SessionStore {
  checkBinding(binding);
  checkNames('d1Store', options, ['table', 'createTable']);
  const { table = TABLE, createTable = true } = options;
  checkTable(table);
  if (typeof createTable !== 'boolean') throw optionError('createTable', createTable, 'true or false');
  const known = STORES.get(binding) ?? new Map<string, SessionStore>();
  STORES.set(binding, known);
  const name = `${table} ${createTable}`;
  const store = known.get(name) ?? new D1Store(binding, table, createTable);
  known.set(name, store);
  return store;
}

const STORES: WeakMap<object, Map<string, SessionStore>> = /* @__PURE__ */ new WeakMap();

class D1Store implements SessionStore {
  readonly #binding: D1Binding;
  readonly #createsTable: boolean;
  readonly #sql: ReturnType<typeof statementsOf>;

  constructor(binding: D1Binding, table: string, createsTable: boolean) {
    this.#binding = binding;
    this.#createsTable = createsTable;
    this.#sql = statementsOf(table);
  }

  async read(key: string): Promise<StoreRecord | undefined> {
    requireWellFormed('key', key);
    const rows = await this.#call(() => this.#binding.prepare(this.#sql.read).bind(key).raw());
    return toRecord(rows[0]);
  }

  async compareAndSet(key: string, expected: number | null, next: StoreRecord | null): Promise<boolean> {
    requireWellFormed('key', key);
    if (next !== null) requireWellFormed('body', next.body);
    const sql = this.#sql;
    if (next === null) {
      if (expected === null) return (await this.read(key)) === undefined;
      return (await this.#run(sql.delete, key, expected)) === 1;
    }
    const { version, expiresAt, body } = next;
    if (expected === null)
      return (await this.#run(sql.create, key, version, expiresAt, expiresAt, body)) === 1;
    return (
      (await this.#run(sql.replace, version, expiresAt, body, key, expected, expiresAt)) === 1 ||
      (await this.#run(sql.replaceSooner, version, expiresAt, expiresAt, body, key, expected)) === 1
    );
  }

  /** A write that extends a deadline leaves `sweep_at` and its index alone, so a due record may have been used since. Such a record is postponed. */
  async sweep(now: number, limit: number): Promise<number> {
    let total = 0;
    for (let left = limit; left > 0; ) {
      const removed = await this.#run(this.#sql.sweep, now, left, now);
      total += removed;
      const postponed = removed < left ? await this.#run(this.#sql.postpone, now, left, now) : 0;
      if (removed + postponed < left) break;
      left -= removed;
    }
    return total;
  }

  async clear(): Promise<void> {
    await this.#run(this.#sql.clear);
  }

  async #run(sql: string, ...values: readonly unknown[]): Promise<number> {
    const { meta } = await this.#call(() =>
      this.#binding
        .prepare(sql)
        .bind(...values)
        .run(),
    );
    return Number(meta.changes);
  }

  /** Calls D1, and creates the table if that is what is missing: a call that finds no table has changed nothing. */
  async #call<Result>(call: () => Promise<Result>): Promise<Result> {
    try {
      return await call();
    } catch (error) {
      if (!this.#createsTable || !isTableMissing(error)) throw platformError('D1', error);
    }
    try {
      // In one transaction: a table without its index would stay so, and be read whole by each sweep.
      await this.#binding.batch(this.#sql.creation.map((sql) => this.#binding.prepare(sql)));
      return await call();
    } catch (error) {
      throw platformError('D1', error);
    }
  }
}

function statementsOf(table: string) {
  const name = `"${table}"`;
  const isDue = `rowid IN (SELECT rowid FROM ${name} WHERE sweep_at <= ? ORDER BY sweep_at LIMIT ?)`;
  return {
    creation: creation(table),
    read: `SELECT version, expires_at, body FROM ${name} WHERE key = ?`,
    create: `INSERT INTO ${name} (key, version, expires_at, sweep_at, body) VALUES (?, ?, ?, ?, ?) ON CONFLICT (key) DO NOTHING`,
    replace: `UPDATE ${name} SET version = ?, expires_at = ?, body = ? WHERE key = ? AND version = ? AND sweep_at <= ?`,
    replaceSooner: `UPDATE ${name} SET version = ?, expires_at = ?, sweep_at = ?, body = ? WHERE key = ? AND version = ?`,
    delete: `DELETE FROM ${name} WHERE key = ? AND version = ?`,
    sweep: `DELETE FROM ${name} WHERE ${isDue} AND expires_at <= ?`,
    postpone: `UPDATE ${name} SET sweep_at = expires_at WHERE ${isDue} AND expires_at > ?`,
    clear: `DELETE FROM ${name}`,
  };
}

/** The dot keeps the index's name apart from every table's, which cannot contain one. */
function creation(table: string): readonly string[] {
  return [
    `CREATE TABLE IF NOT EXISTS "${table}" (key TEXT NOT NULL PRIMARY KEY, version INTEGER NOT NULL, expires_at INTEGER NOT NULL, sweep_at INTEGER NOT NULL, body TEXT NOT NULL) STRICT`,
    `CREATE INDEX IF NOT EXISTS "${table}.sweep_at" ON "${table}" (sweep_at)`,
  ];
}

function checkBinding(binding: unknown): void {
  const isDatabase = hasMethod(binding, 'prepare') && hasMethod(binding, 'batch');
  if (isDatabase && !hasMethod(binding, 'idFromName') && !hasMethod(binding, 'getBookmark')) return;
  throw bindingError('d1Store(binding)', binding, 'a D1 database such as env.DB', 'd1_databases');
}

function checkTable(table: unknown): void {
  const isName = typeof table === 'string' && /^(?!sqlite_|_cf_)[a-z_][a-z0-9_]{0,59}$/i.test(table);
  if (isName) return;
  throw optionError(
    'table',
    table,
    'at most 60 letters, digits and underscores, not starting with a digit, sqlite_ or _cf_',
  );
}

function isTableMissing(error: unknown): boolean {
  return error instanceof Error && /no such table/.test(error.message);
}

function toRecord(row: unknown): StoreRecord | undefined {
  if (row === undefined || row === null) return undefined;
  const [version, expiresAt, body]: readonly unknown[] = Array.isArray(row) ? row : [];
  if (typeof version === 'number' && typeof expiresAt === 'number' && typeof body === 'string') {
    return { version, expiresAt, body };
  }
  throw new SessionError(
    'ERR_STORE_UNAVAILABLE',
    'A row of the session table contains values that this store never writes. Something else has written to the table.',
  );
}

/** Rejects a lone surrogate: D1 stores UTF-8, which cannot contain one, and would silently write another character. */
function requireWellFormed(name: string, value: string): void {
  if (value.isWellFormed()) return;
  throw new TypeError(`The ${name} must be a well-formed Unicode string; it contains a lone surrogate.`);
}
