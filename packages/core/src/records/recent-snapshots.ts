import { grewInBurst } from '../store/write-log.ts';
import type { Snapshot } from './snapshot.ts';

/**
 * How long a snapshot is worth a first attempt, in milliseconds. Over an older one so many may have written that, were the attempt to fail,
 * nobody could tell whether it was among them.
 */
const MAX_AGE = 200;
/** The same for a session that is written again and again. */
const MAX_AGE_IN_BURST = 20;
/** The most sessions that are noted at a time: a snapshot may hold as much as its session's data. */
const MAX_SESSIONS = 500;
/**
 * How many writes in a row may start from what this process wrote itself. A process that writes without a pause would never let another one's write through,
 * since that one has to read first; so now and then it reads too, and leaves a gap.
 */
const MAX_STREAK = 8;

interface RecentSnapshot {
  readonly snapshot: Snapshot;
  readonly streak: number;
}

/** Where a write starts. */
export interface Start {
  /** Undefined where what is known is too old, or it is time to look again. */
  readonly snapshot: Snapshot | undefined;
  /** How many writes in a row have started from what this process wrote itself. */
  readonly streak: number;
}

/** Remembers for a moment how this process last saw the sessions that it wrote, so that its next writer does not start from something older. */
export class RecentSnapshots {
  readonly #now: () => number;
  /** By session ID, in two generations: the older one is dropped whole, so that nothing has to be looked for that is too old. */
  #young = new Map<string, RecentSnapshot>();
  #old = new Map<string, RecentSnapshot>();
  #youngSince: number;

  constructor(now: () => number) {
    this.#now = now;
    this.#youngSince = now();
  }

  /** Picks the latest of what is known of a session. Versions only rise. */
  startOf(id: string, bases: readonly (Snapshot | undefined)[]): Start {
    const remembered = this.#young.get(id) ?? this.#old.get(id);
    const streak = remembered?.streak ?? 0;
    if (streak >= MAX_STREAK) return { snapshot: undefined, streak: 0 };
    let latest = remembered?.snapshot;
    for (const base of bases) {
      if (base !== undefined && (latest === undefined || base.record.version > latest.record.version)) {
        latest = base;
      }
    }
    const isUsable = latest !== undefined && isRecent(latest, this.#now());
    return { snapshot: isUsable ? latest : undefined, streak };
  }

  /** Remembers a session as it was written after a start. */
  note(id: string, snapshot: Snapshot, { streak }: Start): void {
    const now = this.#now();
    if (now - this.#youngSince > MAX_AGE || this.#young.size >= MAX_SESSIONS) {
      this.#old = this.#young;
      this.#young = new Map();
      this.#youngSince = now;
    }
    this.#young.set(id, { snapshot, streak: streak + 1 });
  }

  /** Forgets a session that ended, or of which nobody knows how it stands. */
  forget(id: string): void {
    this.#young.delete(id);
    this.#old.delete(id);
  }
}

function isRecent({ state, seenAt }: Snapshot, now: number): boolean {
  return now - seenAt <= (grewInBurst(state.writes) ? MAX_AGE_IN_BURST : MAX_AGE);
}
