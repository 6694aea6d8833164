import type { Awaitable } from '../common/awaitable.ts';
import { andThen, isPromise } from '../common/awaitable.ts';
import { SessionError } from '../common/errors.ts';
import type { SessionStore, StoreRecord } from './store.ts';
import { holdsNewestOf, writeLogOf } from './write-log.ts';

/** How often one and the same write is sent where the store fails but can still be read. */
const SAME_WRITE_ATTEMPTS = 3;

/** What became of a write. */
export type WriteOutcome =
  /** It is in the record; `record` is the record as last seen, which may already hold later writes. */
  | { readonly kind: 'written'; readonly record: StoreRecord }
  /** Somebody else wrote before, or the time is over; `record` is what is there. It will not be written later either. */
  | { readonly kind: 'lost'; readonly record: StoreRecord }
  /** There is no record any more: the session has ended. */
  | { readonly kind: 'gone' };

/** What the store said of a compareAndSet. */
type Answer = boolean | 'lost' | 'unknown';

/** A write of one record over the version that was read. */
export interface Write {
  readonly key: string;
  readonly base: StoreRecord;
  readonly next: StoreRecord;
  /** The moment from which it must not be sent again, since what it is written over has ended by then. */
  readonly until: number;
  /** Tells from what the record holds meanwhile that this write cannot be among those before it, where its list of writes no longer says so. */
  readonly isWithout: (found: StoreRecord) => boolean;
}

/**
 * Talks to the store, and is the one place that does. Every failure comes out as `ERR_STORE_UNAVAILABLE`, without the command, the key or the
 * body that it was about; a write whose answer was lost is looked up and found out.
 */
export class StorePort {
  readonly #store: SessionStore;
  readonly #now: () => number;
  readonly #failed: (operation: 'read' | 'write' | 'sweep' | 'clear') => void;

  constructor(
    store: SessionStore,
    now: () => number,
    failed: (operation: 'read' | 'write' | 'sweep' | 'clear') => void,
  ) {
    this.#store = store;
    this.#now = now;
    this.#failed = failed;
  }

  /** Reads a record. A store that answers at once is not waited for. */
  read(key: string): Awaitable<StoreRecord | undefined> {
    let answer: Awaitable<StoreRecord | undefined>;
    try {
      answer = this.#store.read(key);
    } catch (cause) {
      throw this.#failure('read', cause);
    }
    if (!isPromise(answer)) return answer;
    return answer.then(undefined, (cause: unknown) => {
      throw this.#failure('read', cause);
    });
  }

  /**
   * Creates a record under a key that nobody knows yet, and says whether it is there. After a failure that left none the same key must not be
   * tried again: the write may come late, and would then bring back what has ended since.
   */
  async create(key: string, next: StoreRecord): Promise<boolean> {
    if ((await this.#attempt(key, null, next)) === true) return true;
    const found = await this.read(key);
    return found !== undefined && holdsWriteOf(found, next);
  }

  /** Writes over the version that was read. Rejects with `ERR_STORE_UNAVAILABLE` where it cannot be known what happened. */
  write(write: Write): Awaitable<WriteOutcome> {
    const { key, base, next, until } = write;
    // A clock that has gone past the deadline meanwhile leaves it to the caller to judge again.
    if (this.#now() >= until) return { kind: 'lost', record: base };
    return andThen(this.#attempt(key, base.version, next), (answer) =>
      answer === true ? { kind: 'written', record: next } : this.#findOut(write, answer),
    );
  }

  /** Finds out what became of a write that the store did not confirm, and sends it again where it certainly has not happened. */
  async #findOut({ key, base, next, until, isWithout }: Write, first: Answer): Promise<WriteOutcome> {
    let answer = first;
    let mayBeOurs = false;
    for (let attempt = 1; answer !== true; attempt += 1) {
      mayBeOurs ||= answer !== 'lost';
      const found = await this.read(key);
      if (found === undefined) return { kind: 'gone' };
      if (holdsWriteOf(found, next)) return { kind: 'written', record: found };
      if (found.version !== base.version) {
        // Versions only rise: what is below ours was not written over ours.
        const isSurelyWithout =
          !mayBeOurs || holdsWriteOf(found, base) || found.version < next.version || isWithout(found);
        if (isSurelyWithout) return { kind: 'lost', record: found };
        throw outcomeUnknown();
      }
      // Nothing has happened yet, but it may still: only the very same write may follow, so that it cannot be applied twice.
      if (attempt === SAME_WRITE_ATTEMPTS || this.#now() >= until) throw outcomeUnknown();
      answer = await this.#attempt(key, base.version, next);
    }
    return { kind: 'written', record: next };
  }

  /** Deletes the version that was read. `gone` where somebody else has; what is absent after an answer that was lost counts as deleted by us. */
  async delete(key: string, base: StoreRecord): Promise<'deleted' | 'gone' | StoreRecord> {
    let mayBeOurs = false;
    for (let attempt = 1; ; attempt += 1) {
      const answer = await this.#attempt(key, base.version, null);
      if (answer === true) return 'deleted';
      mayBeOurs ||= answer === 'unknown';
      const found = await this.read(key);
      if (found === undefined) return mayBeOurs ? 'deleted' : 'gone';
      if (found.version !== base.version) return found;
      if (attempt === SAME_WRITE_ATTEMPTS) throw outcomeUnknown();
    }
  }

  /** Removes expired records in one batch and says how many went. */
  async sweep(now: number, limit: number): Promise<number> {
    try {
      return (await this.#store.sweep?.(now, limit)) ?? 0;
    } catch (cause) {
      throw this.#failure('sweep', cause);
    }
  }

  /** Tells whether the store needs sweeping at all. */
  get sweeps(): boolean {
    return this.#store.sweep !== undefined;
  }

  /** Removes every record; false where the store cannot. */
  async clear(): Promise<boolean> {
    if (this.#store.clear === undefined) return false;
    try {
      await this.#store.clear();
      return true;
    } catch (cause) {
      throw this.#failure('clear', cause);
    }
  }

  /**
   * Tries a compareAndSet. `unknown` where the store failed, before or after it did it. `lost` where a store without a connection said no: there is
   * no answer that could have been lost on the way, as there is where a client sends a command twice.
   */
  #attempt(key: string, expected: number | null, next: StoreRecord | null): Awaitable<Answer> {
    try {
      const answer = this.#store.compareAndSet(key, expected, next);
      if (typeof answer === 'boolean') return answer || 'lost';
      return answer.then(undefined, () => this.#unknown());
    } catch {
      return this.#unknown();
    }
  }

  #unknown(): 'unknown' {
    this.#failed('write');
    return 'unknown';
  }

  #failure(operation: 'read' | 'sweep' | 'clear', cause: unknown): SessionError {
    this.#failed(operation);
    return new SessionError(
      'ERR_STORE_UNAVAILABLE',
      `The session store failed to ${operation}. The request must fail too: without the store nobody knows who the visitor is.`,
      { cause: withoutDetails(cause) },
    );
  }
}

/** Makes the error for a write of which nobody can say whether it happened. */
export function outcomeUnknown(): SessionError {
  return new SessionError(
    'ERR_STORE_UNAVAILABLE',
    'The session store failed during a write, and whether it happened is unknown. Load the session again to see.',
  );
}

/** Tells whether the write that made one record is among those that another lists. */
function holdsWriteOf(found: StoreRecord, made: StoreRecord): boolean {
  return holdsNewestOf(writeLogOf(found.body), writeLogOf(made.body));
}

/** Keeps of a failure what helps to find it, and drops what clients attach: commands, arguments, replies. */
function withoutDetails(cause: unknown): Error {
  if (!(cause instanceof Error)) return new Error('The store rejected with something that is no Error');
  const { code, errcode }: Error & { code?: unknown; errcode?: unknown } = cause;
  const codes = [code, errcode].filter((each) => typeof each === 'string' || typeof each === 'number');
  // Redis begins its messages with a word such as OOM, READONLY or LOADING.
  const word = /^[A-Z]{3,20}(?= )/.exec(cause.message)?.[0];
  return new Error(`The store rejected with ${[cause.name, word, ...codes].filter(Boolean).join(' ')}`);
}
