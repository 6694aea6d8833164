import { deepFreeze, parseData } from '../session/data.ts';
import type { SessionState } from '../session/session-state.ts';
import type { StoreRecord } from '../store/store.ts';
import { decodeSession } from './record.ts';

/** A power of two. */
const SLOTS = 16_384;
/** The most characters of records that are kept, in UTF-16 code units. */
const MAX_CHARS = 4_000_000;

/** A record and the state that it encodes. */
export class DecodedRecord {
  readonly record: StoreRecord;
  readonly state: SessionState;
  #data: unknown;

  constructor(record: StoreRecord, state: SessionState) {
    this.record = record;
    this.state = state;
  }

  /** The data, parsed and frozen at the first access. Throws `ERR_DATA_INVALID` if it is not JSON. */
  get data(): unknown {
    this.#data ??= deepFreeze(parseData(this.state.data));
    return this.#data;
  }
}

/**
 * Decodes records and caches those that are read again unchanged, so that a visitor who only reads costs no second parse. The store is still read each
 * time, and a cached record is used only if version, deadline and body are equal, so the cache is never stale.
 */
export class DecodedRecords {
  /** The last version seen in each slot; a version has two. A record is kept from its second read on: for a session that is written each time, keeping costs more than decoding. */
  readonly #seen = new Float64Array(SLOTS);
  readonly #kept = new Map<number, DecodedRecord>();
  #chars = 0;
  /** The slot that is emptied next when there is no room. */
  #hand = 0;
  #parsed = 0;

  /** How many records were parsed, and not found in the cache. */
  get parsed(): number {
    return this.#parsed;
  }

  /** Decodes a record; undefined if it cannot be read. */
  decode(record: StoreRecord): DecodedRecord | undefined {
    const slot = this.#slotOf(record.version);
    const kept = slot === undefined ? undefined : this.#kept.get(slot);
    if (kept !== undefined && isSame(kept.record, record)) return kept;
    this.#parsed += 1;
    const state = decodeSession(record);
    if (state === undefined) return undefined;
    const decoded = new DecodedRecord(record, state);
    if (slot === undefined) this.#seen[this.#freeSlot(record.version)] = record.version;
    else this.#keep(slot, decoded);
    return decoded;
  }

  /** Returns the slot that has seen a version; undefined if neither has. */
  #slotOf(version: number): number | undefined {
    const first = firstSlot(version);
    if (this.#seen[first] === version) return first;
    const second = secondSlot(version);
    return this.#seen[second] === version ? second : undefined;
  }

  /** Returns the slot for a version that is new: one without a kept record, or either in turn. With one slot each, two visitors could drop each other's record again and again. */
  #freeSlot(version: number): number {
    const first = firstSlot(version);
    const second = secondSlot(version);
    const isTaken = this.#kept.has(first);
    if (isTaken !== this.#kept.has(second)) return isTaken ? second : first;
    return this.#parsed % 2 === 0 ? first : second;
  }

  #keep(slot: number, decoded: DecodedRecord): void {
    this.#drop(slot);
    // A few at a time: to drop all at once would have each visitor's record parsed again, and the heap go up and down.
    while (this.#chars + sizeOf(decoded) > MAX_CHARS && this.#kept.size > 0) {
      this.#drop(this.#hand);
      this.#hand = (this.#hand + 1) % SLOTS;
    }
    this.#kept.set(slot, decoded);
    this.#chars += sizeOf(decoded);
  }

  #drop(slot: number): void {
    const decoded = this.#kept.get(slot);
    if (decoded === undefined) return;
    this.#kept.delete(slot);
    this.#chars -= sizeOf(decoded);
  }
}

/** The lowest bits of a version, which are as random as the steps between versions. */
function firstSlot(version: number): number {
  return version & (SLOTS - 1);
}

/** Other bits of it, multiplied by the golden ratio (Knuth, The Art of Computer Programming, 6.4). */
function secondSlot(version: number): number {
  return Math.imul(version, 0x9e3779b1) >>> 18;
}

function sizeOf(decoded: DecodedRecord): number {
  return decoded.record.body.length;
}

function isSame(a: StoreRecord, b: StoreRecord): boolean {
  return a === b || (a.version === b.version && a.expiresAt === b.expiresAt && a.body === b.body);
}
