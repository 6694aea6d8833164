import { deepEqual, equal, ok } from 'node:assert/strict';
import { SessionError } from '../../../../packages/core/src/common/errors.ts';
import { DecodedRecords } from '../../../../packages/core/src/records/decoded-records.ts';
import { decodeSession, encodeSession, secretHashOf } from '../../../../packages/core/src/records/record.ts';
import type { StoreRecord } from '../../../../packages/core/src/store/store.ts';
import { decodeIndex } from '../../../../packages/core/src/users/user-index.ts';

/** Decodes records of any content: never throws, and what is decoded is the same after it was written again. */
export function fuzz(data: Uint8Array): void {
  const body = Buffer.from(data).toString('utf8');
  const record: StoreRecord = { version: 1, expiresAt: 1_800_000_000_000, body };
  decodeIndex(record);
  const state = decodeSession(record);
  if (state === undefined) {
    secretHashOf(record);
    return;
  }
  equal(secretHashOf(record), state.secret.hash);
  const again = decodeSession(encodeSession(state, 1));
  ok(again !== undefined, 'What was written cannot be read.');
  deepEqual(comparable(again), comparable(state));
  const decoded = new DecodedRecords().decode(record);
  try {
    ok(decoded?.data !== undefined, 'There is no data.');
  } catch (error) {
    ok(error instanceof SessionError && error.code === 'ERR_DATA_INVALID', String(error));
  }
}

/** Times are written as differences, so fractions of a millisecond are rounded. */
function comparable(state: object): unknown {
  return JSON.parse(
    JSON.stringify(state, (_, value: unknown) => (typeof value === 'number' ? Math.round(value) : value)),
  );
}
