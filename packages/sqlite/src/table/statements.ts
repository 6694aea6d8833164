import { prepare, readValue, type SqliteConnection, type SqliteStatement } from '../connection/connection.ts';

/** Everything that a store asks of its table, compiled once. */
export interface Statements {
  readonly read: SqliteStatement;
  readonly create: SqliteStatement;
  /** Replaces a record whose deadline moves on or stays. `sweep_at` may then stay too, so that no index is written. */
  readonly replace: SqliteStatement;
  /** Replaces a record whose deadline moves to before `sweep_at`. */
  readonly replaceSooner: SqliteStatement;
  readonly delete: SqliteStatement;
  /** Removes the expired of those that are due. */
  readonly sweep: SqliteStatement;
  /** Puts off those that are due whose deadlines have moved on. */
  readonly putOff: SqliteStatement;
  readonly clear: SqliteStatement;
  readonly checkpoint: SqliteStatement;
  /** Makes text of a body as `read` gives it. */
  readonly toText: (body: unknown) => unknown;
}

/** Compiles the statements for a table that is there. */
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
    putOff: prepare(connection, `UPDATE ${name} SET sweep_at = expires_at WHERE ${isDue} AND expires_at > ?`),
    clear: prepare(connection, `DELETE FROM ${name}`),
    checkpoint: prepare(connection, 'PRAGMA main.wal_checkpoint(PASSIVE)'),
    toText: asBytes ? decode : (text) => text,
  };
}

/** Tells whether the driver ends text at the first NUL, as `node:sqlite` did in early releases of Node.js 22. */
function cutsAtNul(connection: SqliteConnection): boolean {
  return readValue(connection, "SELECT 'a' || char(0) || 'b'") !== 'a\0b';
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decode(body: unknown): unknown {
  return body instanceof Uint8Array ? decoder.decode(body) : body;
}
