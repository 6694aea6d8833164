import { isInTransaction, type SqliteConnection } from './connection/connection.ts';
import { openFile } from './connection/open-file.ts';
import { setBusyTimeout, setJournal } from './connection/settings.ts';
import { configError, openingError } from './errors.ts';
import { type CheckedOptions, checkOptions, type SqliteStoreOptions } from './options.ts';
import { MIGRATIONS, migrate, readVersion } from './table/schema.ts';
import { type SqliteStore, TableStore } from './table/table-store.ts';

/**
 * Opens a store in a table of a SQLite database, and creates the table where it is not there yet.
 *
 * Give a path (or `':memory:'`) and `node:sqlite` opens it; a new file is for its owner alone (mode 0600), and `close()` closes it. Or hand over a
 * connection of `node:sqlite`, better-sqlite3 or `bun:sqlite`, which stays yours to close. Either gets a write-ahead log.
 * Several processes may use one file.
 *
 * Errors: `ERR_CONFIG` for a wrong option, a directory that does not exist, a file that is no SQLite database, a table that is not this
 * package's; `ERR_STORE_UNAVAILABLE` where the database is damaged, or locked for longer than `busyTimeout`. A file that is refused is left as it is.
 *
 * Danger: a call while a connection that was handed over has a transaction open fails with `ERR_STORE_UNAVAILABLE`, since what it wrote could be
 * rolled back. Before Node.js 22.16 `node:sqlite` does not tell; give a path there.
 */
export function sqliteStore(
  database: string | SqliteConnection,
  options: SqliteStoreOptions = {},
): SqliteStore {
  const checked = checkOptions(options);
  if (typeof database === 'string') {
    const connection = openFile(database);
    const close = (): void => connection.close();
    try {
      return setUp(connection, checked, `The database '${database}'`, close);
    } catch (error) {
      close();
      throw error;
    }
  }
  if (!isConnection(database)) {
    throw configError(
      'database',
      database,
      'a path, or a connection of node:sqlite, better-sqlite3 or bun:sqlite',
    );
  }
  return setUp(database, checked, 'The database that was handed over', undefined);
}

/** Looks first, so that a file which is refused is left as it is; then sets up the connection and the table. */
function setUp(
  connection: SqliteConnection,
  options: CheckedOptions,
  name: string,
  release: (() => void) | undefined,
): SqliteStore {
  const isOwn = release !== undefined;
  let busyTimeout = options.busyTimeout ?? 0;
  try {
    if (isInTransaction(connection)) {
      throw configError('database', connection, 'a connection without an open transaction');
    }
    busyTimeout = setBusyTimeout(connection, options, isOwn);
    readVersion(connection, options.table, MIGRATIONS.length);
    setJournal(connection, options, isOwn, busyTimeout);
    migrate(connection, options.table);
    return new TableStore(connection, options.table, release);
  } catch (error) {
    throw openingError(error, name, busyTimeout);
  }
}

function isConnection(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    'exec' in value &&
    typeof value.exec === 'function' &&
    'prepare' in value &&
    typeof value.prepare === 'function'
  );
}
