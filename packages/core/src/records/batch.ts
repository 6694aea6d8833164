import type { Awaitable } from '../common/awaitable.ts';
import { andThen, isPromise } from '../common/awaitable.ts';
import { SessionError } from '../common/errors.ts';
import type { RandomBytes } from '../common/random.ts';
import { hasPassed } from '../session/expiry.ts';
import type { SessionState } from '../session/session-state.ts';
import type { StoreRecord } from '../store/store.ts';
import { outcomeUnknown } from '../store/store-fault.ts';
import type { StorePort } from '../store/store-port.ts';
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
  readonly resolve: (outcome: Outcome<unknown>) => void;
  readonly reject: (error: unknown) => void;
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

/** The result of one attempt: the current snapshot, or the record that another writer left. */
type Attempt = { readonly done: Snapshot | undefined } | { readonly lost: StoreRecord };

/** Writes several changes of one session together as one record, or not at all. */
export class Batch {
  readonly #deps: WriterDeps;
  readonly #id: string;
  /** The changes that are not settled yet. */
  #open: readonly PendingChange[];
  #left = 0;

  constructor(deps: WriterDeps, id: string, waiting: readonly PendingChange[]) {
    this.#deps = deps;
    this.#id = id;
    this.#open = waiting;
  }

  /**
   * Writes the batch and settles each change. Starts from `start`, or from a read. Returns the resulting snapshot; throws an error that fails all
   * changes that are not settled yet.
   */
  async write(start: Snapshot | undefined): Promise<Snapshot | undefined> {
    let base = start;
    for (let attempt = 1; ; attempt += 1) {
      const isFresh = base === undefined || base !== start;
      base ??= await this.#read();
      const now = this.#deps.now();
      if (hasPassed(base.state.expiresAt, now)) {
        base = await this.#expire(base);
        continue;
      }
      const changes = this.#open.map(({ change }) => change);
      const outcome = fold(base.state, changes, now, () => this.#deps.now() - now >= MAX_FOLD_TIME);
      this.#left += this.#open.length - outcome.applied.length;
      this.#open = this.#open.slice(0, outcome.applied.length);
      if (!isFresh && decidesWithoutWrite(outcome)) {
        // No write will confirm that the snapshot is current, so it must be read.
        base = undefined;
        continue;
      }
      const rest = this.#failAlone(outcome);
      if (this.#open.length === 0) return base;
      const attempting = this.#attempt(rest, base, now);
      const attempted = isPromise(attempting) ? await attempting : attempting;
      if ('done' in attempted) return attempted.done;
      this.#deps.onConflict(this.#id, base.state);
      this.#failExhausted(attempt);
      if (this.#open.length === 0) return snapshotOf(attempted.lost, now);
      if (attempt >= BACKOFF_FROM_ATTEMPT && !this.#open.some(({ change }) => change.ends))
        await this.#pause(attempt);
      base = snapshotOf(attempted.lost, now) ?? (await this.#read());
    }
  }

  /** How many changes at the end there was no time for. They are not settled. */
  get left(): number {
    return this.#left;
  }

  async #read(): Promise<Snapshot> {
    const record = await this.#deps.port.read(this.#id);
    const snapshot = record && snapshotOf(record, this.#deps.now());
    if (snapshot === undefined) throw sessionEnded();
    return snapshot;
  }

  /** Deletes an expired session and throws, or returns what a process with a slower clock wrote meanwhile. */
  async #expire({ record, state }: Snapshot): Promise<Snapshot> {
    const deleted = await this.#deps.port.delete(this.#id, record);
    if (typeof deleted === 'object') return snapshotOf(deleted, this.#deps.now()) ?? this.#read();
    if (deleted === 'deleted') this.#deps.onExpired(this.#id, state);
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
    const deleted = await this.#deps.port.delete(this.#id, record);
    if (typeof deleted === 'object') return { lost: deleted };
    if (deleted === 'gone') throw sessionEnded();
    this.#deps.onWritten();
    return this.#settle(outcome, undefined);
  }

  #write(outcome: Fold, base: Snapshot, now: number): Awaitable<Attempt> {
    const { record, state } = base;
    const { port, randomBytes, onWritten } = this.#deps;
    const next = snapshotFor(outcome.state, base, randomBytes, now);
    const writing = port.write({
      key: this.#id,
      base: record,
      next: next.record,
      until: state.expiresAt,
      // A lower generation than ours does not include our write.
      isKnownMissing: (found) => (decodeSession(found)?.generation ?? Infinity) < next.state.generation,
    });
    return andThen(writing, (written) => {
      if (written.kind === 'gone')
        throw written.written === 'unknown' ? outcomeUnknown(written.fault) : sessionEnded(written.written);
      if (written.kind === 'lost') return { lost: written.record };
      onWritten();
      return this.#settle(outcome, written.record === next.record ? next : snapshotOf(written.record, now));
    });
  }

  /** Settles the remaining changes: the outcome is durable. */
  #settle({ applied, generations }: Fold, base: Snapshot | undefined): Attempt {
    for (const [admission, generation] of generations) admission.generation = generation;
    this.#open.forEach(({ resolve, reject }, i) => {
      const each = applied[i];
      if (each?.kind === 'done') resolve({ result: each.result, state: each.state, base });
      else reject(each?.error);
    });
    return { done: base };
  }

  /** Rejects the changes that fail on their own, and returns the outcome of the others. A failure that may depend on an earlier change waits until that one is durable. */
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
    const now = this.#deps.now();
    this.#open = this.#open.filter(({ change, since, reject }) => {
      const isExhausted = change.ends ? now - since > ENDING_BUDGET : attempt >= MAX_ATTEMPTS;
      if (isExhausted) reject(contention());
      return !isExhausted;
    });
  }

  async #pause(attempt: number): Promise<void> {
    const [byte = 0] = this.#deps.randomBytes(1);
    await this.#deps.wait((byte / 255) * Math.min(2 ** attempt, MAX_WAIT));
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
