import { SessionError } from '@coatcheck/core';
import { Checkpoints } from './connection/checkpoints.ts';
import { isInTransaction, readValue, type SqliteConnection } from './connection/connection.ts';
import { FileWatch } from './connection/file-watch.ts';
import { openFile } from './connection/open-file.ts';
import { setBusyTimeout, setJournal } from './connection/settings.ts';
import { configError, isLocked, lockedError, openingError } from './errors.ts';
import { type CheckedOptions, checkOptions, type SqliteStoreOptions } from './options.ts';
import { MIGRATIONS, migrate, readVersion } from './table/schema.ts';
import { type SqliteStore, TableStore } from './table/table-store.ts';

/**
 * Opens a store in a table of a SQLite database, and creates the table if it does not exist.
 *
 * Pass a path (or `':memory:'`) to open it with `node:sqlite`: a new file gets mode 0600, and `close()` closes it. Or pass a
 * connection of `node:sqlite`, better-sqlite3 or `bun:sqlite`, which the store never closes. Both get a write-ahead log.
 * Several processes may use one file.
 *
 * @example
 * ```ts
 * const sessions = createSessions({ store: sqliteStore('shop.db') });
 * ```
 *
 * @example A connection that the app also uses, with every write safe from a power failure
 * ```ts
 * import Database from 'better-sqlite3';
 *
 * const store = sqliteStore(new Database('shop.db'), { synchronous: 'full' });
 * ```
 *
 * @throws {SessionError} `ERR_CONFIG` if an option is invalid, the directory does not exist, the file is not a SQLite database, the table
 * was not created by this package, or the connection has an open transaction. The file is then left unchanged.
 * @throws {SessionError} `ERR_STORE_UNAVAILABLE` if the database is damaged (it is then left unchanged), or locked for longer than `busyTimeout`.
 *
 * Danger: while a connection that you passed has an open transaction, every call fails with `ERR_STORE_UNAVAILABLE`, because its write could be
 * rolled back. `node:sqlite` before Node.js 22.16 does not report open transactions; pass a path there.
 */
export function sqliteStore(
  database: string | SqliteConnection,
  options: SqliteStoreOptions = {},
): SqliteStore {
  const checked = checkOptions(options);
  if (typeof database === 'string') {
    const name = `The database '${database}'`;
    const connection = open(database, name);
    const close = (): void => connection.close();
    try {
      return setUp(connection, checked, name, close);
    } catch (error) {
      close();
      throw error;
    }
  }
  checkConnection(database);
  return setUp(database, checked, 'The database of the passed connection', undefined);
}

/** Opens a file. What the driver throws becomes an error that names it. */
function open(path: string, name: string): ReturnType<typeof openFile> {
  try {
    return openFile(path);
  } catch (error) {
    throw openingError(error, name, 0);
  }
}

/** Checks the database before it writes anything, so that a rejected file stays unchanged. Then sets up the connection and the table. */
function setUp(
  connection: SqliteConnection,
  options: CheckedOptions,
  name: string,
  release: (() => void) | undefined,
): SqliteStore {
  const isOwn = release !== undefined;
  let busyTimeout = options.busyTimeout ?? 0;
  try {
    if (!isOwn) checkSynchronous(connection);
    if (isInTransaction(connection)) {
      throw configError('database', connection, 'a connection without an open transaction');
    }
    busyTimeout = setBusyTimeout(connection, options, isOwn);
    readVersion(connection, options.table, MIGRATIONS.length);
    setJournal(connection, options, isOwn, busyTimeout);
    migrate(connection, options.table);
    const file = new FileWatch(connection);
    return new TableStore(connection, options.table, {
      release,
      file,
      checkpoints: new Checkpoints(connection, isOwn ? file.path : undefined),
      explain: (error) => (isLocked(error) ? lockedError(error, name, busyTimeout) : error),
    });
  } catch (error) {
    throw openingError(error, name, busyTimeout);
  }
}

/** Checks that the argument is an open connection. */
function checkConnection(database: unknown): void {
  const expected = 'a path, or a connection of node:sqlite, better-sqlite3 or bun:sqlite';
  if (database === undefined || database === null) {
    throw configError('database', database, `${expected}; check the environment variable or binding`);
  }
  if (!isConnection(database)) throw configError('database', database, expected);
  if (database.open === false || database.isOpen === false) {
    throw configError('database', database, 'an open connection; this one is closed');
  }
}

/** Throws unless the connection returns rows synchronously. A D1 binding has the same two methods, but its results are promises. */
function checkSynchronous(connection: SqliteConnection): void {
  const statement: { readonly get?: unknown } = connection.prepare('SELECT 1');
  if (typeof statement.get === 'function' && readValue(connection, 'SELECT 1') === 1) return;
  throw new SessionError(
    'ERR_CONFIG',
    'database must be a synchronous connection of node:sqlite, better-sqlite3 or bun:sqlite; received an asynchronous one, such as a D1 binding (env.DB). Use one of those drivers, or write a store for yours.',
  );
}

function isConnection(
  value: unknown,
): value is SqliteConnection & { readonly open?: unknown; readonly isOpen?: unknown } {
  return (
    typeof value === 'object' &&
    value !== null &&
    'exec' in value &&
    typeof value.exec === 'function' &&
    'prepare' in value &&
    typeof value.prepare === 'function'
  );
}
