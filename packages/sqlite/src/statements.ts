import { prepare, readValue, type SqliteConnection, type SqliteStatement } from './connection.ts';

/** Everything that a store asks of its table, compiled once. */
export interface Statements {
  readonly read: SqliteStatement;
  readonly create: SqliteStatement;
  readonly replace: SqliteStatement;
  readonly delete: SqliteStatement;
  readonly sweep: SqliteStatement;
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
  return {
    read: prepare(connection, `SELECT version, expires_at AS expiresAt, ${body} FROM ${name} WHERE key = ?`),
    create: prepare(
      connection,
      `INSERT INTO ${name} (key, version, expires_at, body) VALUES (?, ?, ?, ?) ON CONFLICT (key) DO NOTHING`,
    ),
    replace: prepare(
      connection,
      `UPDATE ${name} SET version = ?, expires_at = ?, body = ? WHERE key = ? AND version = ?`,
    ),
    delete: prepare(connection, `DELETE FROM ${name} WHERE key = ? AND version = ?`),
    sweep: prepare(
      connection,
      `DELETE FROM ${name} WHERE rowid IN (SELECT rowid FROM ${name} WHERE expires_at <= ? ORDER BY expires_at LIMIT ?)`,
    ),
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
