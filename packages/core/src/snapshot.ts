import { writtenAs } from './lifecycle.ts';
import { drawWriteId, type RandomBytes, randomStep } from './random.ts';
import { decodeSession, encodeSession } from './record.ts';
import type { SessionState } from './session-state.ts';
import type { StoreRecord } from './store.ts';

/** A record as it was read or written, with the state that it holds. */
export interface Snapshot {
  readonly record: StoreRecord;
  readonly state: SessionState;
}

/** Reads the state out of a record; undefined where it cannot be read. */
export function snapshotOf(record: StoreRecord): Snapshot | undefined {
  const state = decodeSession(record);
  return state && { record, state };
}

/** Makes the record that follows `version` and holds `state`, under a write ID of its own. */
export function snapshotFor(state: SessionState, version: number, randomBytes: RandomBytes): Snapshot {
  const written = writtenAs(state, drawWriteId(randomBytes));
  return { record: encodeSession(written, version + randomStep(randomBytes)), state: written };
}
