import type { Awaitable } from '../common/awaitable.ts';
import { andThen, isPromise } from '../common/awaitable.ts';
import { SessionError } from '../common/errors.ts';
import type { RandomBytes } from '../common/random.ts';
import { hasPassed } from '../session/expiry.ts';
import type { SessionState } from '../session/session-state.ts';
import type { StoreRecord } from '../store/store.ts';
import { outcomeUnknown } from '../store/store-fault.ts';
import type { StorePort } from '../store/store-port.ts';
import type { Write } from '../store/write-outcome.ts';
import { type Applied, type Change, type Fold, fold, sessionEnded } from './change.ts';
import { decodeSession } from './record.ts';
import { type Snapshot, snapshotFor, snapshotOf } from './snapshot.ts';

/** How often a change that does not end the session is tried. */
const MAX_ATTEMPTS = 24;
/** How long a change that ends the session is tried, in milliseconds. */
const ENDING_BUDGET = 10_000;
/**
 * How long the changes of one batch are applied, in milliseconds. They run without a pause, and what is left goes into the next batch: so many updates of a
 * large session do not hold up other requests.
 */
const MAX_FOLD_TIME = 4;
/** From this attempt on writers back off for a random time. */
const BACKOFF_FROM_ATTEMPT = 3;
/** In milliseconds. */
const MAX_WAIT = 40;

/** The outcome of a change, once it is durable. */
export interface Outcome<R> {
  readonly result: R;
  /** The session right after this change. */
  readonly state: SessionState;
  /** The record as last written, from which the request's next change may start. */
  readonly base: Snapshot | undefined;
}

/** A change that is not written yet. */
export interface PendingChange {
  readonly change: Change<unknown>;
  readonly base: Snapshot | undefined;
  readonly since: number;
  resolve(outcome: Outcome<unknown>): void;
  reject(error: unknown): void;
}

/** What writing depends on. */
export interface WriterDeps {
  readonly port: StorePort;
  readonly now: () => number;
  readonly randomBytes: RandomBytes;
  readonly wait: (milliseconds: number) => Promise<void>;
  readonly onExpired: (id: string, state: SessionState) => void;
  readonly onConflict: (id: string, state: SessionState) => void;
  readonly onWritten: () => void;
}

/** What `Batch.write` returns to a call that another one has overtaken. */
export const SUPERSEDED: unique symbol = Symbol('superseded');

/** The end of a batch, with the current snapshot if there is one. */
interface Done {
  readonly written: Snapshot | undefined;
}

/**
 * What a batch does next in the store. A call may take a step once more that another one has begun, so `take` changes nothing but the store; the result
 * is what the call that was first back does then.
 */
interface Step {
  take(isRepeated: boolean): Awaitable<() => Done | undefined>;
}

/** Writes several changes of one session together as one record, or not at all. */
export class Batch {
  readonly #deps: WriterDeps;
  readonly #id: string;
  /** The changes that are not settled yet. */
  #open: readonly PendingChange[];
  #left = 0;
  /** What the next attempt starts from; undefined if it must be read. */
  #base: Snapshot | undefined;
  /** Whether this batch has read or met the base itself. */
  #isFresh = false;
  #attempt = 1;
  /** The step that is being taken. */
  #step: Step | undefined;

  /** Prepares a batch that starts from `start`, or from a read. */
  constructor(deps: WriterDeps, id: string, changes: readonly PendingChange[], start: Snapshot | undefined) {
    this.#deps = deps;
    this.#id = id;
    this.#open = changes;
    this.#base = start;
  }

  /**
   * Writes the batch and settles each change. Returns the resulting snapshot; throws an error that fails all changes that are not settled yet.
   *
   * If the call that writes makes no progress, another one may call this too. It takes the current step once more. The call that is back first goes
   * on, and the other one gets `SUPERSEDED`.
   */
  async write(onProgress: () => void): Promise<Snapshot | undefined | typeof SUPERSEDED> {
    let isRepeated = this.#step !== undefined;
    for (;;) {
      const next = this.#step ?? this.#next();
      if ('written' in next) return next.written;
      this.#step = next;
      let finish: () => Done | undefined;
      try {
        const taking = next.take(isRepeated);
        finish = isPromise(taking) ? await taking : taking;
      } catch (error) {
        if (this.#step !== next) return SUPERSEDED;
        this.#step = undefined;
        throw error;
      }
      if (this.#step !== next) return SUPERSEDED;
      this.#step = undefined;
      isRepeated = false;
      onProgress();
      const done = finish();
      if (done !== undefined) return done.written;
    }
  }

  /** How many changes at the end there was no time for. They are not settled. */
  get left(): number {
    return this.#left;
  }

  /** Applies the changes to what is known, and decides what to do in the store. */
  #next(): Step | Done {
    const base = this.#base;
    if (base === undefined) return this.#read();
    const now = this.#deps.now();
    if (hasPassed(base.state.expiresAt, now)) return this.#expire(base);
    const changes = this.#open.map(({ change }) => change);
    const outcome = fold(base.state, changes, now, () => this.#deps.now() - now >= MAX_FOLD_TIME);
    this.#left += this.#open.length - outcome.applied.length;
    this.#open = this.#open.slice(0, outcome.applied.length);
    // No write will confirm that the snapshot is current, so it must be read.
    if (!this.#isFresh && decidesWithoutWrite(outcome)) return this.#read();
    const rest = this.#failAlone(outcome);
    if (this.#open.length === 0) return { written: base };
    switch (rest.kind) {
      case 'keep':
        return this.#settle(rest, { record: base.record, state: base.state, seenAt: now });
      case 'delete':
        return this.#delete(rest, base);
      case 'write':
        return this.#write(rest, base, now);
    }
  }

  #read(): Step {
    return {
      take: () =>
        andThen(this.#deps.port.read(this.#id), (record) => () => {
          this.#base = record && snapshotOf(record, this.#deps.now());
          this.#isFresh = true;
          if (this.#base === undefined) throw sessionEnded();
          return undefined;
        }),
    };
  }

  /** Deletes an expired session and fails the changes, or goes on with what a process with a slower clock wrote meanwhile. */
  #expire({ record, state }: Snapshot): Step {
    // A call that ends the session ends it, whatever the clocks say.
    const ends = this.#open.some(({ change }) => change.ends);
    return {
      take: async (isRepeated) => {
        const { port } = this.#deps;
        const deleted = await (ends
          ? port.delete(this.#id, record, isRepeated)
          : port.deleteExpired(this.#id, record, isRepeated));
        return () => {
          if (typeof deleted !== 'object') {
            if (deleted === 'deleted') this.#deps.onExpired(this.#id, state);
            throw sessionEnded();
          }
          this.#startFrom(deleted);
          return undefined;
        };
      },
    };
  }

  #delete(outcome: Fold, base: Snapshot): Step {
    return {
      take: async (isRepeated) => {
        const deleted = await this.#deps.port.delete(this.#id, base.record, isRepeated);
        return () => {
          if (typeof deleted === 'object') return this.#lose(base, deleted);
          if (deleted === 'gone') throw sessionEnded();
          this.#deps.onWritten();
          return this.#settle(outcome, undefined);
        };
      },
    };
  }

  #write(outcome: Fold, base: Snapshot, now: number): Step {
    const { port, randomBytes, onWritten } = this.#deps;
    const next = snapshotFor(outcome.state, base, randomBytes, now);
    const write: Write = {
      key: this.#id,
      base: base.record,
      next: next.record,
      until: base.state.expiresAt,
      // A lower generation than ours does not include our write.
      isKnownMissing: (found) => (decodeSession(found)?.generation ?? Infinity) < next.state.generation,
    };
    return {
      take: (isRepeated) =>
        andThen(port.write(write, isRepeated), (written) => () => {
          if (written.kind === 'gone')
            throw written.written === 'unknown'
              ? outcomeUnknown(written.fault)
              : sessionEnded(written.written);
          if (written.kind === 'lost') return this.#lose(base, written.record);
          onWritten();
          return this.#settle(
            outcome,
            written.record === next.record ? next : snapshotOf(written.record, now),
          );
        }),
    };
  }

  /** Another writer was first. */
  #lose(base: Snapshot, found: StoreRecord): Done | undefined {
    this.#deps.onConflict(this.#id, base.state);
    const attempt = this.#attempt;
    this.#attempt += 1;
    this.#failExhausted(attempt);
    if (this.#open.length === 0) return { written: snapshotOf(found, this.#deps.now()) };
    this.#startFrom(found);
    if (attempt >= BACKOFF_FROM_ATTEMPT && !this.#open.some(({ change }) => change.ends)) {
      this.#step = this.#pause(attempt);
    }
    return undefined;
  }

  #startFrom(found: StoreRecord): void {
    this.#base = snapshotOf(found, this.#deps.now());
    this.#isFresh = true;
  }

  /** Backs off for a random time. */
  #pause(attempt: number): Step {
    return {
      take: async (isRepeated) => {
        const [byte = 0] = this.#deps.randomBytes(1);
        if (!isRepeated) await this.#deps.wait((byte / 255) * Math.min(2 ** attempt, MAX_WAIT));
        return () => undefined;
      },
    };
  }

  /** Settles the remaining changes: the outcome is durable. */
  #settle({ applied, generations }: Fold, base: Snapshot | undefined): Done {
    for (const [admission, generation] of generations) admission.generation = generation;
    this.#open.forEach((pending, i) => {
      const each = applied[i];
      if (each?.kind === 'done') pending.resolve({ result: each.result, state: each.state, base });
      else pending.reject(each?.error);
    });
    return { written: base };
  }

  /** Rejects the changes that fail on their own, and returns the outcome of the others. A failure that may depend on an earlier change waits until that one is durable. */
  #failAlone(outcome: Fold): Fold {
    const isAlone = (each: Applied | undefined) => each?.kind === 'failed' && !each.depends;
    if (!outcome.applied.some(isAlone)) return outcome;
    this.#open = this.#open.filter((pending, i) => {
      const each = outcome.applied[i];
      if (each?.kind === 'failed' && !each.depends) pending.reject(each.error);
      return !isAlone(each);
    });
    return { ...outcome, applied: outcome.applied.filter((each) => !isAlone(each)) };
  }

  #failExhausted(attempt: number): void {
    const now = this.#deps.now();
    this.#open = this.#open.filter((pending) => {
      const { change, since } = pending;
      const isExhausted = change.ends ? now - since > ENDING_BUDGET : attempt >= MAX_ATTEMPTS;
      if (isExhausted) pending.reject(contention());
      return !isExhausted;
    });
  }
}

/** Tells whether the outcome includes a decision that no write will confirm. */
function decidesWithoutWrite({ kind, applied }: Fold): boolean {
  return kind === 'keep' || applied.some((each) => each.kind === 'failed');
}

function contention(): SessionError {
  return new SessionError(
    'ERR_SESSION_CONTENTION',
    'Other writers kept changing the session, so this change was given up and not written. Retry the request.',
  );
}
