import { configError } from './errors.ts';

/** Options of {@link sqliteStore}. */
export interface SqliteStoreOptions {
  /**
   * Names the table. At most 60 letters, digits and underscores, not starting with a digit or `sqlite_`.
   *
   * Default: `coatcheck_sessions`.
   */
  readonly table?: string;
  /**
   * Sets when a write survives a power failure. `'full'`: before the call returns. `'normal'`: from the next checkpoint on, so a power
   * failure may undo the last writes, including sign-outs. With both, writes survive the end of the process and the file stays intact.
   *
   * Default: `'normal'` for a path; a connection that you pass keeps its own setting.
   */
  readonly synchronous?: 'normal' | 'full';
  /**
   * Sets how long a call waits for another connection's lock before it fails, in milliseconds. It blocks the event loop while it waits.
   *
   * Default: 1000; a connection that you pass keeps its own setting unless that is 0.
   */
  readonly busyTimeout?: number;
}

/** The checked options. */
export interface CheckedOptions {
  readonly table: string;
  readonly synchronous: 'normal' | 'full' | undefined;
  readonly busyTimeout: number | undefined;
}

const IDENTIFIER = /^[a-z_][a-z0-9_]{0,59}$/i;
const MAX_TIMEOUT = 2 ** 31 - 1;

/** The table that records the schema version of each store's table. No store may use it as its own table. */
export const SCHEMA_TABLE = 'coatcheck_schema';

/** Checks that the options are an object, and that it has no other names than these. */
export function checkNames(call: string, options: unknown, names: readonly string[]): void {
  if (typeof options !== 'object' || options === null) {
    throw configError(`The second argument of ${call}`, options, 'an options object or undefined');
  }
  const unknown = Object.keys(options).find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw configError(`An option of ${call}`, unknown, `one of ${names.join(', ')}`);
  }
}

/**
 * Checks every option.
 *
 * @throws {SessionError} `ERR_CONFIG`, naming the invalid option.
 */
export function checkOptions(options: SqliteStoreOptions): CheckedOptions {
  checkNames('sqliteStore', options, ['table', 'synchronous', 'busyTimeout']);
  const { table = 'coatcheck_sessions', synchronous, busyTimeout } = options;
  if (typeof table !== 'string' || !IDENTIFIER.test(table) || isReserved(table.toLowerCase())) {
    const expected = `at most 60 letters, digits and underscores, not starting with a digit or sqlite_, and not ${SCHEMA_TABLE}`;
    throw configError('table', table, expected);
  }
  if (synchronous !== undefined && synchronous !== 'normal' && synchronous !== 'full') {
    throw configError('synchronous', synchronous, "'normal' or 'full'");
  }
  if (busyTimeout !== undefined && !isTimeout(busyTimeout)) {
    throw configError('busyTimeout', busyTimeout, `a whole number of milliseconds from 0 to ${MAX_TIMEOUT}`);
  }
  return { table, synchronous, busyTimeout };
}

function isReserved(table: string): boolean {
  return table === SCHEMA_TABLE || table.startsWith('sqlite_');
}

function isTimeout(value: unknown): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MAX_TIMEOUT;
}
