import { SessionError } from '@coatcheck/core';

const LOCKED = 5;
const CORRUPT = 11;
const NOT_A_DATABASE = 26;

/** Makes the error for a mistake in what `sqliteStore` was given: its name, what was given, and what would be right. */
export function configError(name: string, given: unknown, expected: string, cause?: unknown): SessionError {
  const shown =
    typeof given === 'string' ? `'${given}'` : typeof given === 'object' ? 'an object' : String(given);
  return new SessionError('ERR_CONFIG', `${name} must be ${expected}; received ${shown}.`, { cause });
}

/** Tells whether a driver's error says that somebody else holds the lock. */
export function isLocked(error: unknown): boolean {
  return resultCode(error) === LOCKED;
}

/** Says what keeps a database from being opened, in place of the driver's words for it. */
export function openingError(error: unknown, database: string, busyTimeout: number): SessionError {
  if (error instanceof SessionError) return error;
  const code = resultCode(error);
  if (code === NOT_A_DATABASE) {
    const message = `${database} is not a SQLite database. It was left as it is; give the path of another file.`;
    return new SessionError('ERR_CONFIG', message, { cause: error });
  }
  const why =
    code === CORRUPT
      ? 'is damaged. It was left as it is; restore it from a backup, or move it away to begin with an empty one'
      : code === LOCKED
        ? `was locked by another connection for longer than busyTimeout, ${busyTimeout} ms`
        : `could not be opened: ${error instanceof Error ? error.message : String(error)}`;
  return new SessionError('ERR_STORE_UNAVAILABLE', `${database} ${why}.`, { cause: error });
}

/** Reads SQLite's primary result code: `errcode` of node:sqlite, `errno` of bun:sqlite, the name in `code` of better-sqlite3. */
function resultCode(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const { errcode, errno, code }: { errcode?: unknown; errno?: unknown; code?: unknown } = error;
  if (typeof errcode === 'number') return errcode & 0xff;
  if (typeof code === 'string') {
    if (code.startsWith('SQLITE_BUSY')) return LOCKED;
    if (code.startsWith('SQLITE_CORRUPT')) return CORRUPT;
    if (code.startsWith('SQLITE_NOTADB')) return NOT_A_DATABASE;
  }
  return typeof errno === 'number' ? errno & 0xff : undefined;
}
