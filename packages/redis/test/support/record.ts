import type { StoreRecord } from '@coatcheck/core';

/** Creates a record that expires in an hour. */
export function makeRecord(version: number, body = `body of ${version}`): StoreRecord {
  return { version, expiresAt: Date.now() + 3_600_000, body };
}
