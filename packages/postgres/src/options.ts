import { configError } from './errors.ts';
import { checkTable, type PostgresTable } from './table.ts';

/** Settings of `postgresStore`. All have a default. */
export interface PostgresStoreOptions extends PostgresTable {
  /**
   * Creates the table on first use if it is not there; true by default.
   *
   * With false the role of the client needs no right to create anything: run the SQL of `createTableSql` with your migrations.
   */
  readonly createTable?: boolean;
  /**
   * The longest that a call waits for PostgreSQL, in milliseconds; then it rejects. 2,000 by default.
   *
   * It includes the wait for a connection of the pool. A statement waits as long for a lock on a row. What was sent may still be executed later.
   */
  readonly queryTimeout?: number;
  /**
   * Says what PostgreSQL waits for before it acknowledges a write, by PostgreSQL's own names. By default `'on'`, or what the connection has
   * if that is `'remote_apply'`: an acknowledged write is on disk.
   *
   * Danger: with `'off'` a crash of the server undoes the writes of the last moments (by default up to 0.6 s), signing out among them. With
   * `'local'` and `'remote_write'` a failover to a synchronous standby may.
   */
  readonly synchronousCommit?: SynchronousCommit;
}

/** A level of PostgreSQL's `synchronous_commit`. */
export type SynchronousCommit = (typeof LEVELS)[number];

/** Settings that were checked and completed. */
export interface CheckedOptions {
  readonly table: Required<PostgresTable>;
  readonly createTable: boolean;
  readonly queryTimeout: number;
  readonly synchronousCommit: SynchronousCommit | undefined;
}

const DEFAULT_QUERY_TIMEOUT = 2000;
/** Twice of it must still be a delay that a timer of JavaScript takes. */
const MAX_QUERY_TIMEOUT = 2 ** 30 - 1;
const LEVELS = ['off', 'local', 'remote_write', 'on', 'remote_apply'] as const;
const NAMES: ReadonlySet<string> = new Set([
  ...['table', 'schema', 'createTable', 'queryTimeout', 'synchronousCommit'],
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
