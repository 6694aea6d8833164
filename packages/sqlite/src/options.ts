import { configError } from './errors.ts';

/** What a store on SQLite can be told. */
export interface SqliteStoreOptions {
  /**
   * Names the table: letters, digits and underscores, the first no digit, 60 characters at most, not beginning with `sqlite_`.
   * By default `coatcheck_sessions`.
   */
  readonly table?: string;
  /**
   * Says when a write is safe from a power failure: `'full'`, before it is answered; `'normal'`, from the next checkpoint on, so that a power
   * failure may undo the last writes (signing out among them). Both survive the end of the process, and neither can damage the file.
   *
   * By default `'normal'` where a path is given; a connection that is handed over keeps what it has.
   */
  readonly synchronous?: 'normal' | 'full';
  /**
   * How long a call waits, in milliseconds, for another connection to give up its lock, before it fails. The event loop waits too.
   *
   * By default 5000; a connection that is handed over keeps its own unless that is 0.
   */
  readonly busyTimeout?: number;
}

/** The options after they were checked. */
export interface CheckedOptions {
  readonly table: string;
  readonly synchronous: 'normal' | 'full' | undefined;
  readonly busyTimeout: number | undefined;
}

const IDENTIFIER = /^[a-z_][a-z0-9_]{0,59}$/i;
const MAX_TIMEOUT = 2 ** 31 - 1;

/** The table that says which version each store's table has; no store may have it for its own. */
export const SCHEMA_TABLE = 'coatcheck_schema';

/** Checks every option; `ERR_CONFIG` names the one that is wrong. */
export function checkOptions(options: SqliteStoreOptions): CheckedOptions {
  const { table = 'coatcheck_sessions', synchronous, busyTimeout } = options;
  if (typeof table !== 'string' || !IDENTIFIER.test(table) || isReserved(table.toLowerCase())) {
    const expected = `letters, digits and underscores, the first no digit, at most 60, and neither ${SCHEMA_TABLE} nor a name that begins with sqlite_`;
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
