import type { Awaitable } from '../common/awaitable.ts';
import { andThen, isPromise } from '../common/awaitable.ts';
import { SessionError } from '../common/errors.ts';
import type { RandomBytes } from '../common/random.ts';
import { hasPassed } from '../session/expiry.ts';
import type { SessionState } from '../session/session-state.ts';
import type { StoreRecord } from '../store/store.ts';
import type { StorePort } from '../store/store-port.ts';
import { type Applied, type Change, type Fold, fold, sessionEnded } from './change.ts';
import { decodeSession } from './record.ts';
import { type Snapshot, snapshotFor, snapshotOf } from './snapshot.ts';

/** How often a change that does not end the session is tried against other writers. */
const MOST_ATTEMPTS = 24;
/** How long a change that ends the session is tried, in milliseconds. */
const ENDING_BUDGET = 10_000;
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

/** A change that waits to be written. */
export interface Waiting {
  readonly change: Change<unknown>;
  readonly base: Snapshot | undefined;
  readonly since: number;
  readonly resolve: (outcome: Outcome<unknown>) => void;
  readonly reject: (error: unknown) => void;
}

/** What writing needs of its surroundings. */
export interface BatchSurroundings {
  readonly port: StorePort;
  readonly now: () => number;
  readonly randomBytes: RandomBytes;
  readonly wait: (milliseconds: number) => Promise<void>;
  readonly onExpired: (id: string, state: SessionState) => void;
  readonly onConflict: (id: string, state: SessionState) => void;
  readonly onWritten: () => void;
}

/** What became of one attempt: the snapshot that stands now, or the record that somebody else left. */
type Attempt = { readonly done: Snapshot | undefined } | { readonly lost: StoreRecord };

/** Changes of one session that are written together as one record, or not at all. */
export class Batch {
  readonly #of: BatchSurroundings;
  readonly #id: string;
  /** The changes that are not settled yet. */
  #open: readonly Waiting[];

  constructor(surroundings: BatchSurroundings, id: string, waiting: readonly Waiting[]) {
    this.#of = surroundings;
    this.#id = id;
    this.#open = waiting;
  }

  /**
   * Writes the batch, starting from a snapshot or from what the store says, and settles each change. Returns the session as it then stands; throws for
   * what fails all changes that are not settled yet.
   */
  async write(start: Snapshot | undefined): Promise<Snapshot | undefined> {
    let base = start;
    for (let attempt = 1; ; attempt += 1) {
      const isFresh = base === undefined || base !== start;
      base ??= await this.#read();
      const now = this.#of.now();
      if (hasPassed(base.state.expiresAt, now)) {
        base = await this.#expire(base);
        continue;
      }
      const changes = this.#open.map(({ change }) => change);
      const outcome = fold(base.state, changes, now);
      if (!isFresh && decidesWithoutWrite(outcome)) {
        // No write will show whether what this process had seen is still true, so it must look.
        base = undefined;
        continue;
      }
      const rest = this.#failAlone(outcome);
      if (this.#open.length === 0) return base;
      const attempting = this.#attempt(rest, base, now);
      const attempted = isPromise(attempting) ? await attempting : attempting;
      if ('done' in attempted) return attempted.done;
      this.#of.onConflict(this.#id, base.state);
      this.#failExhausted(attempt);
      if (this.#open.length === 0) return snapshotOf(attempted.lost, now);
      if (attempt >= FIRST_WAIT && !this.#open.some(({ change }) => change.ends)) await this.#pause(attempt);
      base = snapshotOf(attempted.lost, now) ?? (await this.#read());
    }
  }

  async #read(): Promise<Snapshot> {
    const record = await this.#of.port.read(this.#id);
    const snapshot = record && snapshotOf(record, this.#of.now());
    if (snapshot === undefined) throw sessionEnded();
    return snapshot;
  }

  /** Deletes a session whose time is over and says so, or gives what somebody with a slower clock made of it. */
  async #expire({ record, state }: Snapshot): Promise<Snapshot> {
    const deleted = await this.#of.port.delete(this.#id, record);
    if (typeof deleted === 'object') return snapshotOf(deleted, this.#of.now()) ?? this.#read();
    if (deleted === 'deleted') this.#of.onExpired(this.#id, state);
    throw sessionEnded();
  }

  #attempt(outcome: Fold, base: Snapshot, now: number): Awaitable<Attempt> {
    switch (outcome.kind) {
      case 'keep':
        return this.#settle(outcome, { record: base.record, state: base.state, seenAt: now });
      case 'delete':
        return this.#delete(outcome, base);
      case 'write':
        return this.#write(outcome, base, now);
    }
  }

  async #delete(outcome: Fold, { record }: Snapshot): Promise<Attempt> {
    const deleted = await this.#of.port.delete(this.#id, record);
    if (typeof deleted === 'object') return { lost: deleted };
    if (deleted === 'gone') throw sessionEnded();
    this.#of.onWritten();
    return this.#settle(outcome, undefined);
  }

  #write(outcome: Fold, base: Snapshot, now: number): Awaitable<Attempt> {
    const { record, state } = base;
    const { port, randomBytes, onWritten } = this.#of;
    const next = snapshotFor(outcome.state, base, randomBytes, now);
    const writing = port.write({
      key: this.#id,
      base: record,
      next: next.record,
      until: state.expiresAt,
      // A generation that is lower than ours has not seen our write.
      isWithout: (found) => (decodeSession(found)?.generation ?? Infinity) < next.state.generation,
    });
    return andThen(writing, (written) => {
      if (written.kind === 'gone') throw sessionEnded();
      if (written.kind === 'lost') return { lost: written.record };
      onWritten();
      return this.#settle(outcome, written.record === next.record ? next : snapshotOf(written.record, now));
    });
  }

  /** Settles what is left: the outcome is durable. */
  #settle({ applied, generations }: Fold, base: Snapshot | undefined): Attempt {
    for (const [admission, generation] of generations) admission.generation = generation;
    this.#open.forEach(({ resolve, reject }, i) => {
      const each = applied[i];
      if (each?.kind === 'done') resolve({ result: each.result, state: each.state, base });
      else reject(each?.error);
    });
    return { done: base };
  }

  /** Fails the changes that fail by themselves, and gives the outcome of the others. One that fails after another in the row waits until that one is durable. */
  #failAlone(outcome: Fold): Fold {
    const isAlone = (each: Applied | undefined) => each?.kind === 'failed' && !each.depends;
    if (!outcome.applied.some(isAlone)) return outcome;
    this.#open = this.#open.filter(({ reject }, i) => {
      const each = outcome.applied[i];
      if (each?.kind === 'failed' && !each.depends) reject(each.error);
      return !isAlone(each);
    });
    return { ...outcome, applied: outcome.applied.filter((each) => !isAlone(each)) };
  }

  #failExhausted(attempt: number): void {
    const now = this.#of.now();
    this.#open = this.#open.filter(({ change, since, reject }) => {
      const isExhausted = change.ends ? now - since > ENDING_BUDGET : attempt >= MOST_ATTEMPTS;
      if (isExhausted) reject(contention());
      return !isExhausted;
    });
  }

  async #pause(attempt: number): Promise<void> {
    const [byte = 0] = this.#of.randomBytes(1);
    await this.#of.wait((byte / 255) * Math.min(2 ** attempt, LONGEST_WAIT));
  }
}

/** Tells whether something is decided that no write will prove to have been seen right. */
function decidesWithoutWrite({ kind, applied }: Fold): boolean {
  return kind === 'keep' || applied.some((each) => each.kind === 'failed');
}

function contention(): SessionError {
  return new SessionError(
    'ERR_SESSION_CONTENTION',
    'Other writers changed the session again and again, so this change was given up and not written. Try the request again.',
  );
}
