import { SessionError } from '@coatcheck/core';
import { prepare, readValue, type SqliteConnection } from '../connection/connection.ts';
import { configError } from '../errors.ts';
import { SCHEMA_TABLE } from '../options.ts';

/** Brings a table one version further. */
export type Migration = (table: string) => string;

/** The steps to the present version, which is their number. A step that was released never changes. */
export const MIGRATIONS: readonly Migration[] = [
  // `sweep_at` is when a sweep looks at a record: at its deadline or before. An index's name with a dot in it cannot be any table's, since a table's cannot have one.
  (table) => `
    CREATE TABLE main."${table}" (
      key TEXT NOT NULL PRIMARY KEY,
      version INTEGER NOT NULL,
      expires_at INTEGER NOT NULL,
      sweep_at INTEGER NOT NULL,
      body TEXT NOT NULL
    ) STRICT;
    CREATE INDEX main."${table}.sweep_at" ON "${table}" (sweep_at);
  `,
];

/**
 * Reads the version of a store's table, 0 where there is none yet, and writes nothing.
 *
 * `ERR_CONFIG` where the name belongs to a table of somebody else, or where the version is newer than this package knows.
 */
export function readVersion(connection: SqliteConnection, table: string, newest: number): number {
  const exists = (name: string): boolean =>
    readValue(
      connection,
      "SELECT name FROM main.sqlite_schema WHERE type IN ('table', 'view') AND name = ? COLLATE NOCASE",
      name,
    ) !== undefined;
  // First the table, then its version: another process may make both in between, and what made the table made its version with it.
  if (!exists(table)) return 0;
  const version = exists(SCHEMA_TABLE)
    ? readValue(connection, `SELECT version FROM main.${SCHEMA_TABLE} WHERE name = ?`, table)
    : undefined;
  if (version === undefined) {
    throw configError(
      'table',
      table,
      'free or made by this package, and the database has one of that name from elsewhere',
    );
  }
  if (Number(version) > newest) {
    const message = `The table '${table}' has version ${version}, made by a later @coatcheck/sqlite; this one knows versions up to ${newest}. Install the later one again.`;
    throw new SessionError('ERR_CONFIG', message);
  }
  return Number(version);
}

/** Brings the table to the newest version in one transaction; several processes may try at once. */
export function migrate(
  connection: SqliteConnection,
  table: string,
  migrations: readonly Migration[] = MIGRATIONS,
): void {
  if (readVersion(connection, table, migrations.length) === migrations.length) return;
  connection.exec('BEGIN IMMEDIATE');
  try {
    // Another process may have been first.
    const from = readVersion(connection, table, migrations.length);
    for (const migration of migrations.slice(from)) connection.exec(migration(table));
    connection.exec(
      `CREATE TABLE IF NOT EXISTS main.${SCHEMA_TABLE} (name TEXT NOT NULL PRIMARY KEY COLLATE NOCASE, version INTEGER NOT NULL) STRICT`,
    );
    prepare(connection, `INSERT OR REPLACE INTO main.${SCHEMA_TABLE} (name, version) VALUES (?, ?)`).run(
      table,
      migrations.length,
    );
    connection.exec('COMMIT');
  } catch (error) {
    connection.exec('ROLLBACK');
    throw error;
  }
}
