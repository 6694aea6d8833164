import { prepare, readValue, type SqliteConnection, type SqliteStatement } from '../connection/connection.ts';

/** All statements of a store, compiled once. */
export interface Statements {
  readonly read: SqliteStatement;
  readonly create: SqliteStatement;
  /** Replaces a record whose deadline stays or is extended. `sweep_at` then stays too, so no index is written. */
  readonly replace: SqliteStatement;
  /** Replaces a record whose new deadline is before `sweep_at`. */
  readonly replaceSooner: SqliteStatement;
  readonly delete: SqliteStatement;
  /** Removes the expired records among those due for sweeping. */
  readonly sweep: SqliteStatement;
  /** Postpones the due records whose deadlines have been extended. */
  readonly postpone: SqliteStatement;
  readonly clear: SqliteStatement;
  readonly checkpoint: SqliteStatement;
  /** Converts a body from a row of `read` to a string. */
  readonly decodeBody: (body: unknown) => unknown;
}

/** Compiles the statements for an existing table. */
export function prepareStatements(connection: SqliteConnection, table: string): Statements {
  const asBytes = cutsAtNul(connection);
  const body = asBytes ? 'CAST(body AS BLOB) AS body' : 'body';
  const name = `main."${table}"`;
  const isDue = `rowid IN (SELECT rowid FROM ${name} WHERE sweep_at <= ? ORDER BY sweep_at LIMIT ?)`;
  return {
    read: prepare(connection, `SELECT version, expires_at AS expiresAt, ${body} FROM ${name} WHERE key = ?`),
    create: prepare(
      connection,
      `INSERT INTO ${name} (key, version, expires_at, sweep_at, body) VALUES (?, ?, ?, ?, ?) ON CONFLICT (key) DO NOTHING`,
    ),
    replace: prepare(
      connection,
      `UPDATE ${name} SET version = ?, expires_at = ?, body = ? WHERE key = ? AND version = ? AND sweep_at <= ?`,
    ),
    replaceSooner: prepare(
      connection,
      `UPDATE ${name} SET version = ?, expires_at = ?, sweep_at = ?, body = ? WHERE key = ? AND version = ?`,
    ),
    delete: prepare(connection, `DELETE FROM ${name} WHERE key = ? AND version = ?`),
    sweep: prepare(connection, `DELETE FROM ${name} WHERE ${isDue} AND expires_at <= ?`),
    postpone: prepare(
      connection,
      `UPDATE ${name} SET sweep_at = expires_at WHERE ${isDue} AND expires_at > ?`,
    ),
    clear: prepare(connection, `DELETE FROM ${name}`),
    checkpoint: prepare(connection, 'PRAGMA main.wal_checkpoint(PASSIVE)'),
    decodeBody: asBytes ? decode : (value) => value,
  };
}

/** Tells whether the driver cuts strings off at the first NUL, as `node:sqlite` did in early releases of Node.js 22. */
function cutsAtNul(connection: SqliteConnection): boolean {
  return readValue(connection, "SELECT 'a' || char(0) || 'b'") !== 'a\0b';
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decode(body: unknown): unknown {
  return body instanceof Uint8Array ? decoder.decode(body) : body;
}
