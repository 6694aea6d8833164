import { type RandomBytes, randomStep } from '../common/random.ts';
import type { SessionState } from '../session/session-state.ts';
import type { StoreRecord } from '../store/store.ts';
import { withNewWrite } from '../store/write-log.ts';
import type { DecodedRecord } from './decoded-records.ts';
import { decodeSession, encodeSession } from './record.ts';

/** A record as it was read or written, with the state that it holds. */
export interface Snapshot {
  readonly record: StoreRecord;
  readonly state: SessionState;
  /** When it was known to be the latest, by this process's clock. */
  readonly seenAt: number;
  /** The same as it is kept for whoever reads it next, where it was read by a visit. */
  readonly decoded?: DecodedRecord;
}

/** Reads the state out of a record; undefined where it cannot be read. */
export function snapshotOf(record: StoreRecord, seenAt: number): Snapshot | undefined {
  const state = decodeSession(record);
  return state && { record, state, seenAt };
}

/** Writes that follow each other within this time, in milliseconds, are a burst. */
const BURST = 1000;

/** Makes the record that follows another, or is the first, and holds `state`, as a write that can be told from all others. */
export function snapshotFor(
  state: SessionState,
  before: Snapshot | undefined,
  randomBytes: RandomBytes,
  now: number,
): Snapshot {
  const inBurst = before !== undefined && now - before.state.lastUsedAt < BURST;
  const written = { ...state, writes: withNewWrite(state.writes, randomBytes, inBurst) };
  const version = (before?.record.version ?? 0) + randomStep(randomBytes);
  return { record: encodeSession(written, version), state: written, seenAt: now };
}
