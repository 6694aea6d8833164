import type { StoreRecord } from '@coatcheck/core';

/** The clock is read once, so two records of one test never differ by a tick of it. */
const EXPIRES_AT = Date.now() + 3_600_000;

/** Creates a record that expires an hour after the test file was loaded. */
export function makeRecord(version: number, body = `body of ${version}`): StoreRecord {
  return { version, expiresAt: EXPIRES_AT, body };
}
