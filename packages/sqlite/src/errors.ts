import { SessionError } from '@coatcheck/core';

const BUSY = 5;
const LOCKED = 6;
/** The extended code of a database that another process is recovering. */
const BUSY_RECOVERY = 261;
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
  const code = resultCode(error);
  return code === BUSY || code === LOCKED;
}

/** Creates the error for a lock that did not become free in time. It is a SessionError, so the core does not retry the write and wait again. */
export function lockedError(error: unknown, database: string, busyTimeout: number): SessionError {
  return new SessionError('ERR_STORE_UNAVAILABLE', lockMessage(error, database, busyTimeout), {
    cause: error,
  });
}

/** Says who holds the lock, as far as SQLite tells. */
function lockMessage(error: unknown, database: string, busyTimeout: number): string {
  if (resultCode(error) === LOCKED) {
    return `${database} is locked by another statement of this process. Finish it first, or give the store a connection of its own.`;
  }
  const waited = `for longer than busyTimeout (${busyTimeout} ms)`;
  if (isRecovery(error)) {
    return `${database} was locked ${waited}, by a process that recovers it after a crash. Retry when that is done.`;
  }
  return `${database} was locked by another connection ${waited}. SQLite does not tell which one: look for a program with an open transaction, such as a backup, a migration or a shell; lsof lists those that have the file open.`;
}

function isRecovery(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  const { errcode, errno, code }: { errcode?: unknown; errno?: unknown; code?: unknown } = error;
  return errcode === BUSY_RECOVERY || errno === BUSY_RECOVERY || code === 'SQLITE_BUSY_RECOVERY';
}

/** Replaces a driver's error on opening a database with one that says what is wrong and what to do. */
export function openingError(error: unknown, database: string, busyTimeout: number): SessionError {
  if (error instanceof SessionError) return error;
  if (isLocked(error)) return lockedError(error, database, busyTimeout);
  const code = resultCode(error);
  if (code === NOT_A_DATABASE) {
    const message = `${database} is not a SQLite database. It was not changed; pass the path of another file.`;
    return new SessionError('ERR_CONFIG', message, { cause: error });
  }
  const why =
    code === CORRUPT
      ? 'is damaged. It was not changed; restore it from a backup, or move it away to start with an empty one'
      : `could not be opened: ${error instanceof Error ? error.message : String(error)}`;
  return new SessionError('ERR_STORE_UNAVAILABLE', `${database} ${why}.`, { cause: error });
}

/** Reads SQLite's primary result code: from `errcode` (node:sqlite), `errno` (bun:sqlite) or the name in `code` (better-sqlite3). */
function resultCode(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const { errcode, errno, code }: { errcode?: unknown; errno?: unknown; code?: unknown } = error;
  if (typeof errcode === 'number') return errcode & 0xff;
  if (typeof code === 'string') {
    if (code.startsWith('SQLITE_BUSY')) return BUSY;
    if (code.startsWith('SQLITE_LOCKED')) return LOCKED;
    if (code.startsWith('SQLITE_CORRUPT')) return CORRUPT;
    if (code.startsWith('SQLITE_NOTADB')) return NOT_A_DATABASE;
  }
  return typeof errno === 'number' ? errno & 0xff : undefined;
}
