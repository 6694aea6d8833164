import { prepare, readValue, type SqliteConnection, type SqliteStatement } from '../connection/connection.ts';
import { decodeBytes, statementsOf } from './sql.ts';

/** All statements of a store, compiled once. */
export interface Statements {
  readonly read: SqliteStatement;
  readonly create: SqliteStatement;
  readonly replace: SqliteStatement;
  readonly replaceSooner: SqliteStatement;
  readonly delete: SqliteStatement;
  readonly sweep: SqliteStatement;
  readonly postpone: SqliteStatement;
  readonly clear: SqliteStatement;
  /** Converts a body from a row of `read` to a string. */
  readonly decodeBody: (body: unknown) => unknown;
}

/** Compiles the statements for an existing table. */
export function prepareStatements(connection: SqliteConnection, table: string): Statements {
  const asBytes = cutsAtNul(connection);
  const sql = statementsOf(table, asBytes);
  return {
    read: prepare(connection, sql.read),
    create: prepare(connection, sql.create),
    replace: prepare(connection, sql.replace),
    replaceSooner: prepare(connection, sql.replaceSooner),
    delete: prepare(connection, sql.delete),
    sweep: prepare(connection, sql.sweep),
    postpone: prepare(connection, sql.postpone),
    clear: prepare(connection, sql.clear),
    decodeBody: asBytes ? decode : (value) => value,
  };
}

/** Tells whether the driver cuts strings off at the first NUL, as `node:sqlite` did in early releases of Node.js 22. */
function cutsAtNul(connection: SqliteConnection): boolean {
  return readValue(connection, "SELECT 'a' || char(0) || 'b'") !== 'a\0b';
}

function decode(body: unknown): unknown {
  return body instanceof Uint8Array ? decodeBytes(body) : body;
}
