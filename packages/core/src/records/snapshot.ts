import { type RandomBytes, randomStep } from '../common/random.ts';
import type { SessionState } from '../session/session-state.ts';
import type { StoreRecord } from '../store/store.ts';
import { withNewWrite } from '../store/write-log.ts';
import type { DecodedRecord } from './decoded-records.ts';
import { decodeSession, encodeSession } from './record.ts';

/** A record as it was read or written, with its state. */
export interface Snapshot {
  readonly record: StoreRecord;
  readonly state: SessionState;
  /** When the record was known to be current, by this process's clock. */
  readonly seenAt: number;
  /** The cached form, if a request has read the record. */
  readonly decoded?: DecodedRecord;
}

/** Decodes a record; undefined if it cannot be read. */
export function snapshotOf(record: StoreRecord, seenAt: number): Snapshot | undefined {
  const state = decodeSession(record);
  return state && { record, state, seenAt };
}

/** Writes with less than this many milliseconds between them are a burst. */
const BURST_GAP = 1000;

/** Makes the first or next record of a session, with an ID in its write log that identifies this write. */
export function snapshotFor(
  state: SessionState,
  before: Snapshot | undefined,
  randomBytes: RandomBytes,
  now: number,
): Snapshot {
  const inBurst = before !== undefined && now - before.state.lastUsedAt < BURST_GAP;
  const written = { ...state, writes: withNewWrite(state.writes, randomBytes, inBurst) };
  const version = (before?.record.version ?? 0) + randomStep(randomBytes);
  return { record: encodeSession(written, version), state: written, seenAt: now };
}
