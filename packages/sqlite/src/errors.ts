import { SessionError } from '@coatcheck/core';

const LOCKED = 5;
const CORRUPT = 11;
const NOT_A_DATABASE = 26;

/** Creates the error for an invalid argument or option: its name, what is valid, what was received, and optionally what to do (`advice`, which begins with a space). */
export function configError(
  name: string,
  received: unknown,
  expected: string,
  advice = '',
  cause?: unknown,
): SessionError {
  const shown =
    received === null
      ? 'null'
      : typeof received === 'string'
        ? `'${received}'`
        : typeof received === 'object'
          ? 'an object'
          : String(received);
  return new SessionError('ERR_CONFIG', `${name} must be ${expected}; received ${shown}.${advice}`, {
    cause,
  });
}

/** Tells whether a driver's error says that another connection holds the lock. */
export function isLocked(error: unknown): boolean {
  return resultCode(error) === LOCKED;
}

/** Replaces a driver's error on opening a database with one that says what is wrong and what to do. */
export function openingError(error: unknown, database: string, busyTimeout: number): SessionError {
  if (error instanceof SessionError) return error;
  const code = resultCode(error);
  if (code === NOT_A_DATABASE) {
    const message = `${database} is not a SQLite database. It was not changed; pass the path of another file.`;
    return new SessionError('ERR_CONFIG', message, { cause: error });
  }
  const why =
    code === CORRUPT
      ? 'is damaged. It was not changed; restore it from a backup, or move it away to start with an empty one'
      : code === LOCKED
        ? `was locked by another connection for longer than busyTimeout (${busyTimeout} ms)`
        : `could not be opened: ${error instanceof Error ? error.message : String(error)}`;
  return new SessionError('ERR_STORE_UNAVAILABLE', `${database} ${why}.`, { cause: error });
}

/** Reads SQLite's primary result code: from `errcode` (node:sqlite), `errno` (bun:sqlite) or the name in `code` (better-sqlite3). */
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
