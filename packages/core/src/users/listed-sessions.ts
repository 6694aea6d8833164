import type { Config } from '../config/config.ts';
import { type Snapshot, snapshotOf } from '../records/snapshot.ts';
import { hasPassed } from '../session/expiry.ts';
import type { SessionState } from '../session/session-state.ts';
import type { StorePort } from '../store/store-port.ts';

/** How many records are read or ended at a time, so that a long list does not hold up other requests. */
const SLICE = 25;

/** A live session of a user. */
export interface LiveSession {
  readonly id: string;
  readonly snapshot: Snapshot;
}

/** What the records of listed sessions say. Those that are in neither list cannot be read. */
export interface Examined {
  readonly live: readonly LiveSession[];
  /** Absent, finished, or expired and then deleted: dead for good. */
  readonly dead: readonly string[];
  /** Without this user: not dead, but not the user's either, and it may sign in again. */
  readonly foreign: readonly string[];
}

/** What reading listed sessions depends on. */
export interface ListedSessionsDeps {
  readonly port: StorePort;
  readonly now: Config<object>['now'];
  readonly wait: (milliseconds: number) => Promise<void>;
  readonly onExpired: (id: string, state: SessionState) => void;
}

/** Reads the records of listed sessions. */
export class ListedSessions {
  readonly #deps: ListedSessionsDeps;

  constructor(deps: ListedSessionsDeps) {
    this.#deps = deps;
  }

  /** Reads listed sessions and separates the live from the dead. */
  async examine(userId: string, ids: readonly string[]): Promise<Examined> {
    const snapshots = await this.inSlices(ids, (id) => this.#read(id));
    const live: LiveSession[] = [];
    const dead: string[] = [];
    const foreign: string[] = [];
    snapshots.forEach((snapshot, i) => {
      const id = ids[i] ?? '';
      if (snapshot === 'gone') dead.push(id);
      // A record that cannot be read may be alive for a newer version of this library.
      else if (snapshot === 'unreadable') return;
      else if (snapshot.state.finish !== undefined) dead.push(id);
      else if (snapshot.state.user?.id === userId) live.push({ id, snapshot });
      else foreign.push(id);
    });
    return { live, dead, foreign };
  }

  /** Runs a call for each ID, a slice at a time, and lets other requests run between the slices. */
  async inSlices<R>(ids: readonly string[], call: (id: string) => Promise<R>): Promise<R[]> {
    const results: R[] = [];
    for (let start = 0; start < ids.length; start += SLICE) {
      if (start > 0) await this.#deps.wait(0);
      results.push(...(await Promise.all(ids.slice(start, start + SLICE).map(call))));
    }
    return results;
  }

  /** Reads a session. An expired record is deleted first, or a process with a slower clock could still extend it. */
  async #read(id: string): Promise<Snapshot | 'gone' | 'unreadable'> {
    const { port, now, onExpired } = this.#deps;
    let record = await port.read(id);
    while (record !== undefined) {
      const seenAt = now();
      const snapshot = snapshotOf(record, seenAt);
      if (snapshot === undefined) return 'unreadable';
      if (!hasPassed(snapshot.state.expiresAt, seenAt)) return snapshot;
      const deleted = await port.deleteExpired(id, record);
      // It may be alive for a server whose clock is right.
      if (deleted === 'kept') return 'unreadable';
      if (deleted === 'deleted') onExpired(id, snapshot.state);
      if (typeof deleted === 'string') return 'gone';
      record = deleted;
    }
    return 'gone';
  }
}
