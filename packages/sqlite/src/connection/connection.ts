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

/**
 * Compiles a statement that gives integers as numbers, however the connection is set, and rows as arrays from `node:sqlite`, where an object for each row takes
 * a third of what a read takes.
 */
export function prepare(connection: SqliteConnection, sql: string): SqliteStatement {
  const statement = connection.prepare(sql);
  statement.setReturnArrays?.(true);
  statement.setReadBigInts?.(false);
  statement.safeIntegers?.(false);
  return statement;
}

/** Gives a row's columns in the order in which the statement names them; none where there is no row. */
export function columnsOf(row: unknown): readonly unknown[] {
  if (Array.isArray(row)) return row;
  return typeof row === 'object' && row !== null ? Object.values(row) : [];
}

/** Reads the first column of the first row; undefined where there is no row. */
export function readValue(connection: SqliteConnection, sql: string, ...parameters: SqliteValue[]): unknown {
  return columnsOf(prepare(connection, sql).get(...parameters))[0];
}

/** Tells whether a transaction is open, as far as the driver says. */
export function isInTransaction(connection: SqliteConnection): boolean {
  return connection.inTransaction ?? connection.isTransaction ?? false;
}
