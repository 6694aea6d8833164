/**
 * A connection to SQLite as `node:sqlite` (`DatabaseSync`), better-sqlite3 and `bun:sqlite` (`Database`) all have it. Nothing of
 * any of them is imported.
 */
export interface SqliteConnection {
  /** Runs statements that give no rows. */
  exec(sql: string): unknown;
  /** Compiles one statement. */
  prepare(sql: string): SqliteStatement;
  /** Whether a transaction is open: the name of better-sqlite3 and `bun:sqlite`. */
  readonly inTransaction?: boolean;
  /** Whether a transaction is open: the name of `node:sqlite`, from Node.js 22.16. */
  readonly isTransaction?: boolean;
}

/** A compiled statement, as the same three have it. */
export interface SqliteStatement {
  /** Gives the first row as an object, or undefined or null where there is none. */
  get(...parameters: SqliteValue[]): unknown;
  /** Runs to the end and tells how many rows were written. */
  run(...parameters: SqliteValue[]): { readonly changes: number | bigint };
  /** In `node:sqlite`, gives rows as arrays. */
  setReturnArrays?(enabled: boolean): unknown;
  /** In `node:sqlite`, gives integers as bigints. */
  setReadBigInts?(enabled: boolean): unknown;
  /** In better-sqlite3 and `bun:sqlite`, gives integers as bigints. */
  safeIntegers?(enabled: boolean): unknown;
}

/** What a store binds to a parameter. */
export type SqliteValue = string | number;

/** Compiles a statement that gives rows as objects and integers as numbers, however the connection is set. */
export function prepare(connection: SqliteConnection, sql: string): SqliteStatement {
  const statement = connection.prepare(sql);
  statement.setReturnArrays?.(false);
  statement.setReadBigInts?.(false);
  statement.safeIntegers?.(false);
  return statement;
}

/** Reads the first row's column `name`; undefined where there is no row. */
export function readValue(
  connection: SqliteConnection,
  name: string,
  sql: string,
  ...parameters: SqliteValue[]
): unknown {
  const row = prepare(connection, sql).get(...parameters);
  if (typeof row !== 'object' || row === null) return undefined;
  return new Map<string, unknown>(Object.entries(row)).get(name);
}

/** Tells whether a transaction is open, as far as the driver says. */
export function isInTransaction(connection: SqliteConnection): boolean {
  return connection.inTransaction ?? connection.isTransaction ?? false;
}
