import { SessionError } from '@coatcheck/core';
import { prepare, readValue, type SqliteConnection } from '../connection/connection.ts';
import { configError } from '../errors.ts';
import { SCHEMA_TABLE } from '../options.ts';

/** Returns the statements that upgrade a table by one version. */
export type Migration = (table: string) => readonly string[];

/** The steps to the present version, which equals their number. Never change a released step. */
export const MIGRATIONS: readonly Migration[] = [
  // A sweep looks at a record at `sweep_at`, which is its deadline or earlier. The dot keeps the index's name apart from every table's, which cannot contain one.
  (table) => [
    `CREATE TABLE main."${table}" (
      key TEXT NOT NULL PRIMARY KEY,
      version INTEGER NOT NULL,
      expires_at INTEGER NOT NULL,
      sweep_at INTEGER NOT NULL,
      body TEXT NOT NULL
    ) STRICT`,
    `CREATE INDEX main."${table}.sweep_at" ON "${table}" (sweep_at)`,
  ],
];

/** The SQL that creates the table of versions, and records the version of a table there: its arguments are the table's name and the version. */
export const VERSION_SQL: { readonly create: string; readonly record: string } = {
  create: `CREATE TABLE IF NOT EXISTS main.${SCHEMA_TABLE} (name TEXT NOT NULL PRIMARY KEY COLLATE NOCASE, version INTEGER NOT NULL) STRICT`,
  record: `INSERT OR REPLACE INTO main.${SCHEMA_TABLE} (name, version) VALUES (?, ?)`,
};

/**
 * Reads the version of a store's table, or 0 if there is no table yet. Writes nothing.
 *
 * @throws {SessionError} `ERR_CONFIG` if a table or view of this name was not created by this package, or if its version is newer than this package supports.
 */
export function readVersion(connection: SqliteConnection, table: string, newest: number): number {
  const exists = (name: string): boolean =>
    readValue(
      connection,
      "SELECT name FROM main.sqlite_schema WHERE type IN ('table', 'view') AND name = ? COLLATE NOCASE",
      name,
    ) !== undefined;
  // Look for the table first, then for its version. Another process may create both in between, in one transaction.
  if (!exists(table)) return 0;
  const version = exists(SCHEMA_TABLE)
    ? readValue(connection, `SELECT version FROM main.${SCHEMA_TABLE} WHERE name = ?`, table)
    : undefined;
  if (version === undefined) {
    const advice = ' The database already has a table or view of that name. Choose another name.';
    throw configError('table', table, 'a new name or a table created by this package', advice);
  }
  if (Number(version) > newest) {
    const message = `The table '${table}' has version ${version}, created by a later @coatcheck/sqlite; this one supports versions up to ${newest}. Install the later one again.`;
    throw new SessionError('ERR_CONFIG', message);
  }
  return Number(version);
}

/** Upgrades the table to the newest version in one transaction. Several processes may try at once. */
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
    for (const sql of migrations.slice(from).flatMap((migration) => migration(table))) connection.exec(sql);
    connection.exec(VERSION_SQL.create);
    prepare(connection, VERSION_SQL.record).run(table, migrations.length);
    connection.exec('COMMIT');
  } catch (error) {
    connection.exec('ROLLBACK');
    throw error;
  }
}
