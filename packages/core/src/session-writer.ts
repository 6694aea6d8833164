import { type Change, fold, sessionEnded } from './change.ts';
import { SessionError } from './errors.ts';
import { hasPassed } from './expiry.ts';
import type { RandomBytes } from './random.ts';
import { RecentSnapshots } from './recent-snapshots.ts';
import { decodeSession } from './record.ts';
import type { SessionState } from './session-state.ts';
import { type Snapshot, snapshotFor, snapshotOf } from './snapshot.ts';
import type { StoreRecord } from './store.ts';
import type { StorePort } from './store-port.ts';

/** How often a change that does not end the session is tried against other writers. */
const MOST_ATTEMPTS = 24;
/** How long a change that ends the session is tried, in milliseconds. */
const ENDING_BUDGET = 10_000;
/**
 * How long a snapshot is worth a first attempt, in milliseconds. Over an older one so many may have written that, were the attempt to fail,
 * nobody could tell whether it was among them.
 */
const RECENT = 1000;
/** From this attempt on writers wait a random time, so that they do not keep meeting. */
const FIRST_WAIT = 3;
const LONGEST_WAIT = 40;

/** What a change came to, once it is durable. */
export interface Outcome<R> {
  readonly result: R;
  /** The session right after this change. */
  readonly state: SessionState;
  /** The record as last written, from which the next change of this visit may start. */
  readonly base: Snapshot | undefined;
}

interface Waiting {
  readonly change: Change<unknown>;
  readonly base: Snapshot | undefined;
  readonly since: number;
  readonly resolve: (outcome: Outcome<unknown>) => void;
  readonly reject: (error: unknown) => void;
}

/** What the writer needs of its surroundings. */
export interface WriterSurroundings {
  readonly port: StorePort;
  readonly now: () => number;
  readonly randomBytes: RandomBytes;
  readonly wait: (milliseconds: number) => Promise<void>;
  readonly onExpired: (id: string, state: SessionState) => void;
  readonly onConflict: (id: string, state: SessionState) => void;
  readonly onWritten: () => void;
}

/**
 * Writes changes of sessions: those of one session in this process one after the other, and where several wait, together as one record.
 * Against other processes each write needs the version that it started from.
 */
export class SessionWriter {
  readonly #of: WriterSurroundings;
  readonly #queues = new Map<string, Waiting[]>();
  readonly #recent: RecentSnapshots;

  constructor(surroundings: WriterSurroundings) {
    this.#of = surroundings;
    this.#recent = new RecentSnapshots(RECENT, surroundings.now);
  }

  /** Applies a change and resolves once it is durable. `base` is where the first attempt starts; without it the record is read. */
  write<R>(id: string, base: Snapshot | undefined, change: Change<R>): Promise<Outcome<R>> {
    return new Promise<Outcome<R>>((resolve, reject) => {
      const waiting: Waiting = {
        change,
        base,
        since: this.#of.now(),
        // The outcome handed back is the one that this very change made.
        resolve: resolve as Waiting['resolve'],
        reject,
      };
      const queue = this.#queues.get(id);
      if (queue !== undefined) {
        queue.push(waiting);
        return;
      }
      const own = [waiting];
      this.#queues.set(id, own);
      void this.#work(id, own);
    });
  }

  async #work(id: string, queue: Waiting[]): Promise<void> {
    // One turn later, so that what the same tick asks for goes into one record.
    await undefined;
    while (queue.length > 0) {
      const batch = queue.splice(0);
      try {
        const start = this.#recent.startOf(
          id,
          batch.map(({ base }) => base),
        );
        this.#recent.note(id, await this.#writeBatch(id, batch, start));
      } catch (error) {
        this.#recent.note(id, undefined);
        for (const { reject } of batch) reject(error);
      }
    }
    this.#queues.delete(id);
  }

  /** Writes a batch, settles each of its changes, and returns the record as it then is. Throws for what fails all that are not settled yet. */
  async #writeBatch(
    id: string,
    batch: Waiting[],
    start: Snapshot | undefined,
  ): Promise<Snapshot | undefined> {
    const { port, now: clock, randomBytes, onExpired, onConflict, onWritten } = this.#of;
    let base = start;
    let isFresh = false;
    let open: readonly Waiting[] = batch;
    for (let attempt = 1; ; attempt += 1) {
      if (base === undefined) {
        const record = await port.read(id);
        base = record && snapshotOf(record, clock());
        isFresh = true;
        if (base === undefined) throw sessionEnded();
      }
      const now = clock();
      const { record, state } = base;
      if (hasPassed(state.expiresAt, now)) {
        const deleted = await port.delete(id, record);
        if (typeof deleted === 'object') {
          base = snapshotOf(deleted, now);
          isFresh = true;
          continue;
        }
        onExpired(id, state);
        throw sessionEnded();
      }
      const outcome = fold(
        state,
        open.map(({ change }) => change),
        now,
      );
      const decidesNothing = outcome.kind === 'keep' || outcome.applied.some(({ kind }) => kind === 'failed');
      if (!isFresh && decidesNothing) {
        // No write will show whether what this process had seen is still true, so it must look.
        base = undefined;
        continue;
      }
      open = open.filter(({ reject }, i) => {
        const each = outcome.applied[i];
        if (each?.kind === 'failed') reject(each.error);
        return each?.kind === 'done';
      });
      if (open.length === 0) return base;
      const settle = (after: Snapshot | undefined) => {
        for (const [admission, generation] of outcome.generations) admission.generation = generation;
        const done = outcome.applied.filter((each) => each.kind === 'done');
        open.forEach(({ resolve }, i) => {
          const each = done[i];
          if (each !== undefined) resolve({ result: each.result, state: each.state, base: after });
        });
        return after;
      };
      if (outcome.kind === 'keep') return settle(base);
      let found: StoreRecord;
      if (outcome.kind === 'delete') {
        const deleted = await port.delete(id, record);
        if (typeof deleted === 'string') {
          onWritten();
          return settle(undefined);
        }
        found = deleted;
      } else {
        const next = snapshotFor(outcome.state, record.version, randomBytes, now);
        const written = await port.write({
          key: id,
          base: record,
          next: next.record,
          until: state.expiresAt,
          isWithout: (other) => (decodeSession(other)?.generation ?? Infinity) < next.state.generation,
        });
        if (written.kind === 'gone') throw sessionEnded();
        if (written.kind === 'written') {
          onWritten();
          return settle(written.record === next.record ? next : snapshotOf(written.record, now));
        }
        found = written.record;
      }
      onConflict(id, state);
      base = snapshotOf(found, now);
      isFresh = true;
      open = this.#thoseNotExhausted(open, attempt);
      if (open.length === 0) return base;
      if (attempt >= FIRST_WAIT && !open.some(({ change }) => change.ends)) await this.#pause(attempt);
    }
  }

  #thoseNotExhausted(open: readonly Waiting[], attempt: number): readonly Waiting[] {
    const now = this.#of.now();
    return open.filter(({ change, since, reject }) => {
      const exhausted = change.ends ? now - since > ENDING_BUDGET : attempt >= MOST_ATTEMPTS;
      if (exhausted) reject(contention());
      return !exhausted;
    });
  }

  async #pause(attempt: number): Promise<void> {
    const [byte = 0] = this.#of.randomBytes(1);
    await this.#of.wait((byte / 255) * Math.min(2 ** attempt, LONGEST_WAIT));
  }
}

function contention(): SessionError {
  return new SessionError(
    'ERR_SESSION_CONTENTION',
    'Other writers changed the session again and again, so this change was given up and not written. Try the request again.',
  );
}
