import { SessionError, type StoreRecord } from '@coatcheck/core';

/**
 * Makes a record of the columns of a row.
 *
 * @throws {SessionError} `ERR_STORE_UNAVAILABLE` if they are of types that this store never writes.
 */
export function toRecord(version: unknown, expiresAt: unknown, body: unknown): StoreRecord {
  if (isInteger(version) && isInteger(expiresAt) && typeof body === 'string') {
    return { version, expiresAt, body };
  }
  throw new SessionError(
    'ERR_STORE_UNAVAILABLE',
    'A row of the session table contains values that this store never writes. Something else has written to the table.',
  );
}

/** Rejects a lone surrogate: SQLite stores UTF-8, which cannot contain one, and the driver would silently write another character. */
export function requireWellFormed(name: string, value: string): void {
  if (value.isWellFormed()) return;
  throw new TypeError(`The ${name} must be a well-formed Unicode string; it contains a lone surrogate.`);
}

function isInteger(value: unknown): value is number {
  return Number.isSafeInteger(value);
}
