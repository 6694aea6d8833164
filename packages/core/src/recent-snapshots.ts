import type { Snapshot } from './snapshot.ts';
import { grewInBurst } from './write-log.ts';

/**
 * How long a snapshot is worth a first attempt, in milliseconds. Over an older one so many may have written that, were the attempt to fail,
 * nobody could tell whether it was among them.
 */
const RECENT = 200;
/** The same for a session that is written again and again. */
const RECENT_IN_A_BURST = 20;
/** The most sessions that are remembered: a snapshot may hold as much as its session's data. */
const MOST = 1000;
/**
 * How many writes in a row may start from what this process wrote itself. A process that writes without a pause would never let another one's write through,
 * since that one has to read first; so now and then it reads too, and leaves a gap.
 */
const LONGEST_STREAK = 8;

interface Remembered {
  readonly snapshot: Snapshot;
  readonly streak: number;
}

/** Remembers for a moment how this process last saw the sessions that it wrote, so that its next writer does not start from something older. */
export class RecentSnapshots {
  readonly #now: () => number;
  /** By session ID, the one noted longest ago first. */
  readonly #remembered = new Map<string, Remembered>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Picks the latest of what is known of a session; undefined where that is too old, or it is time to look again. Versions only rise. */
  startOf(id: string, bases: readonly (Snapshot | undefined)[]): Snapshot | undefined {
    const remembered = this.#remembered.get(id);
    if (remembered !== undefined && remembered.streak >= LONGEST_STREAK) {
      this.#remembered.delete(id);
      return undefined;
    }
    let latest = remembered?.snapshot;
    for (const base of bases) {
      if (base !== undefined && (latest === undefined || base.record.version > latest.record.version)) {
        latest = base;
      }
    }
    return latest !== undefined && isRecent(latest, this.#now()) ? latest : undefined;
  }

  /** Remembers a session as it was written, or forgets it, and drops what is too old or too much. */
  note(id: string, snapshot: Snapshot | undefined): void {
    const streak = (this.#remembered.get(id)?.streak ?? 0) + 1;
    this.#remembered.delete(id);
    if (snapshot !== undefined) this.#remembered.set(id, { snapshot, streak });
    const now = this.#now();
    for (const [
      oldest,
      {
        snapshot: { seenAt },
      },
    ] of this.#remembered) {
      if (now - seenAt <= RECENT && this.#remembered.size <= MOST) return;
      this.#remembered.delete(oldest);
    }
  }
}

function isRecent({ state, seenAt }: Snapshot, now: number): boolean {
  return now - seenAt <= (grewInBurst(state.writes) ? RECENT_IN_A_BURST : RECENT);
}
