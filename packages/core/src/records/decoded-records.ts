import { deepFreeze, parseData } from '../session/data.ts';
import type { SessionState } from '../session/session-state.ts';
import type { StoreRecord } from '../store/store.ts';
import { decodeSession } from './record.ts';

/** A power of two. The lowest bits of a version, which are as random as the steps between versions, choose the slot. */
const SLOTS = 16_384;
/** The most text of records that is kept, in UTF-16 units: about as much as there are slots for. */
const MOST_TEXT = 4_000_000;

/** What a record says. */
export class DecodedRecord {
  readonly record: StoreRecord;
  readonly state: SessionState;
  #data: unknown;

  constructor(record: StoreRecord, state: SessionState) {
    this.record = record;
    this.state = state;
  }

  /** The data, parsed at the first look and frozen, for all who look. Throws `ERR_DATA_INVALID` where it is no JSON. */
  get data(): unknown {
    this.#data ??= deepFreeze(parseData(this.state.data));
    return this.#data;
  }
}

/**
 * Decodes records, and keeps those that come again unchanged, so that for a visitor who only reads nothing is parsed twice. The store is asked all the same:
 * a record is taken for one that is kept only where all that is in it is equal, so nothing here can be out of date.
 */
export class DecodedRecords {
  /** The version seen last in each slot. A record that is seen once is not kept: with a session that is written each time, keeping costs more than decoding. */
  readonly #seen = new Float64Array(SLOTS);
  readonly #kept = new Map<number, DecodedRecord>();
  #text = 0;

  /** Decodes a record; undefined where it cannot be read. */
  decode(record: StoreRecord): DecodedRecord | undefined {
    const slot = record.version & (SLOTS - 1);
    const isKnown = this.#seen[slot] === record.version;
    const kept = isKnown ? this.#kept.get(slot) : undefined;
    if (kept !== undefined && isSame(kept.record, record)) return kept;
    const state = decodeSession(record);
    if (state === undefined) return undefined;
    const decoded = new DecodedRecord(record, state);
    if (isKnown) this.#keep(slot, decoded);
    else this.#seen[slot] = record.version;
    return decoded;
  }

  #keep(slot: number, decoded: DecodedRecord): void {
    this.#text += sizeOf(decoded) - sizeOf(this.#kept.get(slot));
    if (this.#text > MOST_TEXT) {
      this.#kept.clear();
      this.#text = sizeOf(decoded);
    }
    this.#kept.set(slot, decoded);
  }
}

function sizeOf(decoded: DecodedRecord | undefined): number {
  return decoded === undefined ? 0 : decoded.record.body.length;
}

function isSame(a: StoreRecord, b: StoreRecord): boolean {
  return a === b || (a.version === b.version && a.expiresAt === b.expiresAt && a.body === b.body);
}
