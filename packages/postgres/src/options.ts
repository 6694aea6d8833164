import type { PostgresStoreClient } from './clients/clients.ts';
import { configError } from './errors.ts';
import { checkTable, type PostgresTable } from './table.ts';

/** Options of {@link postgresStore}. */
export interface PostgresStoreOptions extends PostgresTable {
  /**
   * Creates the table on first use if it does not exist.
   *
   * With `false`, the client's role needs no right to create tables; run the SQL of `createTableSql` in your migrations.
   *
   * Default: true.
   */
  readonly createTable?: boolean;
  /**
   * Sets how long a call waits for PostgreSQL before it rejects, in milliseconds.
   *
   * It includes the wait for a connection of the pool. A statement waits for a row lock for the same time. A statement that was sent may still be executed later.
   *
   * Default: 2000.
   */
  readonly queryTimeout?: number;
  /**
   * Sets what PostgreSQL waits for before it acknowledges a write, by PostgreSQL's own names.
   *
   * Default: `'on'`, so an acknowledged write is on disk; `'remote_apply'` if the connection has that level.
   *
   * Danger: with `'off'`, a crash of the server undoes the latest writes (by default up to 0.6 s), including sign-outs. With
   * `'local'` and `'remote_write'`, a failover to a synchronous standby may undo them.
   */
  readonly synchronousCommit?: SynchronousCommit;
  /**
   * Listens on another client, for the option `broadcast` of `createSessions`. It must connect to PostgreSQL directly: behind PgBouncer in transaction mode, no
   * notification arrives. A `Pool` lends one connection for as long as a session is watched.
   *
   * Default: the client of the store.
   */
  readonly listenClient?: PostgresStoreClient | undefined;
}

/** A level of PostgreSQL's `synchronous_commit`. */
export type SynchronousCommit = (typeof LEVELS)[number];

/** Checked options with defaults filled in. */
export interface CheckedOptions {
  readonly table: Required<PostgresTable>;
  readonly createTable: boolean;
  readonly queryTimeout: number;
  readonly synchronousCommit: SynchronousCommit | undefined;
}

const DEFAULT_QUERY_TIMEOUT = 2000;
/** Twice this value must still be a valid delay of a JavaScript timer. */
const MAX_QUERY_TIMEOUT = 2 ** 30 - 1;
const LEVELS = ['off', 'local', 'remote_write', 'on', 'remote_apply'] as const;
const NAMES: ReadonlySet<string> = new Set([
  ...['table', 'schema', 'createTable', 'queryTimeout', 'synchronousCommit', 'listenClient'],
]);

/** Checks the options and fills in the defaults. */
export function checkOptions(options: PostgresStoreOptions): CheckedOptions {
  if (typeof options !== 'object' || options === null) {
    throw configError('The second argument of postgresStore', options, 'an object of options, or nothing');
  }
  const unknown = Object.keys(options).find((name) => !NAMES.has(name));
  if (unknown !== undefined) {
    throw configError('The option of postgresStore', unknown, `one of ${[...NAMES].join(', ')}`);
  }
  const { createTable = true, queryTimeout = DEFAULT_QUERY_TIMEOUT, synchronousCommit } = options;
  if (typeof createTable !== 'boolean') throw configError('createTable', createTable, 'true or false');
  if (!Number.isInteger(queryTimeout) || queryTimeout < 1 || queryTimeout > MAX_QUERY_TIMEOUT) {
    const expected = `a whole number of milliseconds from 1 to ${MAX_QUERY_TIMEOUT}`;
    throw configError('queryTimeout', queryTimeout, expected);
  }
  if (synchronousCommit !== undefined && !LEVELS.includes(synchronousCommit)) {
    throw configError('synchronousCommit', synchronousCommit, `one of '${LEVELS.join("', '")}'`);
  }
  return { table: checkTable(options), createTable, queryTimeout, synchronousCommit };
}
