import { grewInBurst } from '../store/write-log.ts';
import type { Snapshot } from './snapshot.ts';

/**
 * How long the first attempt of a write may start from a snapshot, in milliseconds. Over an older one so many writes may have come that, if the attempt
 * failed, its outcome would be unknown.
 */
const MAX_AGE = 200;
/** The same for a session that is written in a burst. */
const MAX_AGE_IN_BURST = 20;
/** The most sessions in one generation of snapshots. */
const MAX_SESSIONS = 500;
/** The most characters of bodies and data in one generation, in UTF-16 code units. */
const MAX_CHARS = 2_000_000;
/**
 * How many writes in a row may start from what this process wrote itself. A process that writes without a pause would never let another one's write through,
 * since that one has to read first; so now and then it reads too, and leaves a gap.
 */
const MAX_STREAK = 8;

/** From this length on a body is large, in UTF-16 code units: to write it takes longer than to let other requests run. */
const LARGE_BODY = 16_384;
/** So soon after a write another one of the session belongs to the same burst, in milliseconds. */
const MAX_PAUSE_IN_LARGE_BURST = 5;

interface RecentSnapshot {
  readonly snapshot: Snapshot;
  readonly streak: number;
}

/** Where a write starts. */
export interface Start {
  /** Undefined if what is known is too old, or if it is time to read again. */
  readonly snapshot: Snapshot | undefined;
  /** How many writes in a row have started from what this process wrote itself. */
  readonly streak: number;
}

/** Keeps for a moment the sessions that this process wrote, so that the next write does not start from something older. Bounded in number and in size. */
export class RecentSnapshots {
  /** By session ID, in two generations: the older one is dropped as a whole, so that nothing has to be searched for what is too old. */
  #young = new Map<string, RecentSnapshot>();
  #old = new Map<string, RecentSnapshot>();
  #youngSince = Number.NEGATIVE_INFINITY;
  #youngChars = 0;

  /** Picks the latest of the known snapshots of a session, of one version the one seen last. Versions only rise. */
  startOf(id: string, bases: readonly (Snapshot | undefined)[], now: number): Start {
    const recent = this.#young.get(id) ?? this.#old.get(id);
    let latest = recent?.snapshot;
    for (const base of bases) if (base !== undefined && isLater(base, latest)) latest = base;
    // A base that is later was read after the last write, so it ends the row of writes without a read.
    const streak = recent !== undefined && latest === recent.snapshot ? recent.streak : 0;
    if (streak >= MAX_STREAK) return { snapshot: undefined, streak: 0 };
    const isUsable = latest !== undefined && isRecent(latest, now);
    return { snapshot: isUsable ? latest : undefined, streak };
  }

  /** Tells whether a large session was written a moment ago. Requests that have arrived with this one may change it too, and one write can hold all of it. */
  isInLargeBurst(id: string, now: number): boolean {
    const snapshot = (this.#young.get(id) ?? this.#old.get(id))?.snapshot;
    if (snapshot === undefined || snapshot.record.body.length < LARGE_BODY) return false;
    return now - snapshot.seenAt <= MAX_PAUSE_IN_LARGE_BURST;
  }

  /** Keeps a session as it was written after a start. */
  note(id: string, snapshot: Snapshot, { streak }: Start, now: number): void {
    const chars = charsOf(snapshot);
    this.#youngChars -= charsOf(this.#young.get(id)?.snapshot);
    const isFull = this.#young.size >= MAX_SESSIONS || this.#youngChars + chars > MAX_CHARS;
    if (isFull || now - this.#youngSince > MAX_AGE) {
      this.#old = this.#young;
      this.#young = new Map();
      this.#youngSince = now;
      this.#youngChars = 0;
    }
    this.#youngChars += chars;
    this.#young.set(id, { snapshot, streak: streak + 1 });
  }

  /** Forgets a session that ended, or whose state is unknown. */
  forget(id: string): void {
    this.#youngChars -= charsOf(this.#young.get(id)?.snapshot);
    this.#young.delete(id);
    this.#old.delete(id);
  }
}

function isLater(a: Snapshot, b: Snapshot | undefined): boolean {
  if (b === undefined) return true;
  const newer = a.record.version - b.record.version;
  return newer > 0 || (newer === 0 && a.seenAt > b.seenAt);
}

function isRecent({ state, seenAt }: Snapshot, now: number): boolean {
  return now - seenAt <= (grewInBurst(state.writes) ? MAX_AGE_IN_BURST : MAX_AGE);
}

/** The size of a snapshot: the record's body, and the data a second time. */
function charsOf(snapshot: Snapshot | undefined): number {
  return snapshot === undefined ? 0 : snapshot.record.body.length + snapshot.state.data.length;
}
