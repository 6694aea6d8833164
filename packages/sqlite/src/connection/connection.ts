/**
 * Describes the part of a SQLite connection that `node:sqlite` (`DatabaseSync`), better-sqlite3 and `bun:sqlite` (`Database`) have in
 * common. None of them is imported.
 */
export interface SqliteConnection {
  /** Runs statements that return no rows. */
  exec(sql: string): unknown;
  /** Compiles one statement. */
  prepare(sql: string): SqliteStatement;
  /** Whether a transaction is open, as better-sqlite3 and `bun:sqlite` name it. */
  readonly inTransaction?: boolean;
  /** Whether a transaction is open, as `node:sqlite` names it (from Node.js 22.16). */
  readonly isTransaction?: boolean;
}

/** Describes the part of a compiled statement that the same three drivers have in common. */
export interface SqliteStatement {
  /** Returns the first row as an object, or undefined or null if there is none. */
  get(...parameters: SqliteValue[]): unknown;
  /** Runs to completion and returns how many rows were written. */
  run(...parameters: SqliteValue[]): { readonly changes: number | bigint };
  /** Makes `node:sqlite` return rows as arrays. */
  setReturnArrays?(enabled: boolean): unknown;
  /** Makes `node:sqlite` return integers as bigints. */
  setReadBigInts?(enabled: boolean): unknown;
  /** Makes better-sqlite3 and `bun:sqlite` return integers as bigints. */
  safeIntegers?(enabled: boolean): unknown;
}

/** The values that a store binds to parameters. */
export type SqliteValue = string | number;

/**
 * Compiles a statement that returns integers as numbers, whatever the connection's settings. With `node:sqlite` it returns rows as arrays,
 * because building an object for each row takes a third of the time of a read.
 */
export function prepare(connection: SqliteConnection, sql: string): SqliteStatement {
  const statement = connection.prepare(sql);
  statement.setReturnArrays?.(true);
  statement.setReadBigInts?.(false);
  statement.safeIntegers?.(false);
  return statement;
}

/** Returns a row's columns in the order of the statement; empty if there is no row. */
export function columnsOf(row: unknown): readonly unknown[] {
  if (Array.isArray(row)) return row;
  return typeof row === 'object' && row !== null ? Object.values(row) : [];
}

/** Reads the first column of the first row; undefined if there is no row. */
export function readValue(connection: SqliteConnection, sql: string, ...parameters: SqliteValue[]): unknown {
  return columnsOf(prepare(connection, sql).get(...parameters))[0];
}

/** Tells whether a transaction is open; false if the driver cannot say. */
export function isInTransaction(connection: SqliteConnection): boolean {
  return connection.inTransaction ?? connection.isTransaction ?? false;
}
