import type { Awaitable } from '../common/awaitable.ts';
import { andThen, isPromise } from '../common/awaitable.ts';
import { SessionError } from '../common/errors.ts';
import { isRecord, kindOf, recordFault } from './check-record.ts';
import type { SessionStore, StoreRecord } from './store.ts';
import { holdsNewestOf, writeLogOf } from './write-log.ts';

/** How often the very same write is sent while the store fails but can still be read. */
const MAX_SAME_WRITE_ATTEMPTS = 3;

/** How a write ended. */
export type WriteOutcome =
  /** The write is in the record. `record` is the record as last seen; it may already contain later writes. */
  | { readonly kind: 'written'; readonly record: StoreRecord }
  /** Another write came first, or the deadline has passed. `record` is the current one. Our write will not happen later either. */
  | { readonly kind: 'lost'; readonly record: StoreRecord }
  /** The record is gone: the session has ended. Our write may have been in it before. */
  | { readonly kind: 'gone'; readonly written: Written };

/**
 * Whether a write was in a record that is gone now. `unlikely`: the store said no, but a client that sends a command again loses the first result.
 * `unknown`: the store failed.
 */
export type Written = 'no' | 'unlikely' | 'unknown';

/** What the store said about a compareAndSet. */
type CompareResult = boolean | 'lost' | 'unknown';

/** A write that replaces the version that was read. */
export interface Write {
  readonly key: string;
  readonly base: StoreRecord;
  readonly next: StoreRecord;
  /** From this moment on the write must not be sent, because the session that it replaces has expired. */
  readonly until: number;
  /** Says that `found` cannot include this write, for when the write log of `found` is too short to tell. */
  readonly isKnownMissing: (found: StoreRecord) => boolean;
}

/**
 * Makes all calls to the store. A failure becomes `ERR_STORE_UNAVAILABLE` without the command, the key or the body; a write whose result was
 * lost is resolved by reading the record.
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

  /** Reads a record. Returns no promise if the store returns none. */
  read(key: string): Awaitable<StoreRecord | undefined> {
    let result: Awaitable<unknown>;
    try {
      result = this.#store.read(key);
    } catch (cause) {
      throw this.#failure('read', cause);
    }
    if (!isPromise(result)) return this.#checkRead(result);
    return result.then(
      (found) => this.#checkRead(found),
      (cause: unknown) => {
        throw this.#failure('read', cause);
      },
    );
  }

  /**
   * Creates a record under a key that was drawn at random. Returns true only if the store found no record there: an equal one may be that of
   * a cloned process, which drew the same bytes. If it returns false, do not use the key again.
   */
  async createNew(key: string, next: StoreRecord): Promise<boolean> {
    const result = await this.#attempt(key, null, next);
    // Fails while the store is down, so that no other key is tried.
    if (result === 'unknown') await this.read(key);
    return result === true;
  }

  /**
   * Creates a record under a key that nobody knows yet, and returns whether it exists. If it returns false, do not use the key again: the write may
   * still arrive and bring back a session that has ended since.
   */
  async create(key: string, next: StoreRecord): Promise<boolean> {
    if ((await this.#attempt(key, null, next)) === true) return true;
    const found = await this.read(key);
    return found !== undefined && holdsWriteOf(found, next);
  }

  /**
   * Replaces the version that was read.
   *
   * @throws `ERR_STORE_UNAVAILABLE` if the store failed and it is unknown whether the write happened.
   */
  write(write: Write): Awaitable<WriteOutcome> {
    const { key, base, next, until } = write;
    // The caller must judge again if the deadline has passed meanwhile.
    if (this.#now() >= until) return { kind: 'lost', record: base };
    return andThen(this.#attempt(key, base.version, next), (answer) =>
      answer === true ? { kind: 'written', record: next } : this.#findOut(write, answer),
    );
  }

  /** Resolves a write that the store did not confirm, and sends it again if it certainly has not happened. */
  async #findOut(
    { key, base, next, until, isKnownMissing }: Write,
    first: CompareResult,
  ): Promise<WriteOutcome> {
    let answer = first;
    let written: Written = 'no';
    for (let attempt = 1; answer !== true; attempt += 1) {
      if (answer === 'unknown') written = 'unknown';
      else if (answer === false && written === 'no') written = 'unlikely';
      const found = await this.read(key);
      if (found === undefined) return { kind: 'gone', written };
      if (holdsWriteOf(found, next)) return { kind: 'written', record: found };
      if (found.version !== base.version) {
        // Versions only rise, so a lower one was not written over ours.
        const isSurelyWithout =
          written === 'no' ||
          holdsWriteOf(found, base) ||
          found.version < next.version ||
          isKnownMissing(found);
        if (isSurelyWithout) return { kind: 'lost', record: found };
        throw outcomeUnknown();
      }
      // The write has not happened yet, but it still may. Only the very same write may follow, or it could be applied twice.
      if (attempt === MAX_SAME_WRITE_ATTEMPTS || this.#now() >= until) throw outcomeUnknown();
      answer = await this.#attempt(key, base.version, next);
    }
    return { kind: 'written', record: next };
  }

  /** Deletes the version that was read. `gone` if another call deleted it; if our result was lost, an absent record counts as deleted by us. */
  async delete(key: string, base: StoreRecord): Promise<'deleted' | 'gone' | StoreRecord> {
    let mayBeOurs = false;
    for (let attempt = 1; ; attempt += 1) {
      const answer = await this.#attempt(key, base.version, null);
      if (answer === true) return 'deleted';
      mayBeOurs ||= answer === 'unknown';
      const found = await this.read(key);
      if (found === undefined) return mayBeOurs ? 'deleted' : 'gone';
      if (found.version !== base.version) return found;
      if (attempt === MAX_SAME_WRITE_ATTEMPTS) throw outcomeUnknown();
    }
  }

  /** Removes one batch of expired records and returns how many. */
  async sweep(now: number, limit: number): Promise<number> {
    if (this.#store.sweep === undefined) return 0;
    let count: unknown;
    try {
      count = await this.#store.sweep(now, limit);
    } catch (cause) {
      throw this.#failure('sweep', cause);
    }
    if (typeof count === 'number' && Number.isInteger(count) && count >= 0 && count <= limit) return count;
    throw this.#invalid(
      'sweep',
      `sweep() must return an integer from 0 to ${limit}; received ${kindOf(count)}`,
    );
  }

  /** Whether the store needs sweeping. */
  get sweeps(): boolean {
    return this.#store.sweep !== undefined;
  }

  /** Removes every record; returns false if the store has no `clear`. */
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
   * Sends one compareAndSet. `unknown` if the store failed, before or after applying it. `lost` if a synchronous store returned false, which is certain;
   * the false of an asynchronous store may come from a client that sent the command twice.
   */
  #attempt(key: string, expected: number | null, next: StoreRecord | null): Awaitable<CompareResult> {
    let result: Awaitable<unknown>;
    try {
      result = this.#store.compareAndSet(key, expected, next);
    } catch {
      return this.#unknown();
    }
    if (!isPromise(result)) return this.#checkCompared(result) || 'lost';
    return result.then(
      (compared) => this.#checkCompared(compared),
      () => this.#unknown(),
    );
  }

  #checkRead(result: unknown): StoreRecord | undefined {
    if (result === undefined || isRecord(result)) return result;
    throw this.#invalid('read', recordFault(result));
  }

  #checkCompared(result: unknown): boolean {
    if (typeof result === 'boolean') return result;
    const fault = `compareAndSet() must return true or false; received ${kindOf(result)}`;
    throw this.#invalid('write', `${fault}. It is unknown whether the write happened`);
  }

  #invalid(operation: 'read' | 'write' | 'sweep', fault: string): SessionError {
    this.#failed(operation);
    return new SessionError(
      'ERR_STORE_UNAVAILABLE',
      `The session store returned an invalid value: ${fault}.`,
    );
  }

  #unknown(): 'unknown' {
    this.#failed('write');
    return 'unknown';
  }

  #failure(operation: 'read' | 'sweep' | 'clear', cause: unknown): SessionError {
    this.#failed(operation);
    return new SessionError(
      'ERR_STORE_UNAVAILABLE',
      `The session store failed to ${operation}, so this request must fail too: without the store the visitor is unknown.`,
      { cause: withoutDetails(cause) },
    );
  }
}

/** Makes the error for a write whose outcome is unknown. */
export function outcomeUnknown(): SessionError {
  return new SessionError(
    'ERR_STORE_UNAVAILABLE',
    'The session store failed during a write, and it is unknown whether the write happened. Load the session again to find out.',
  );
}

/** Tells whether `found` logs the write that made `made`. */
function holdsWriteOf(found: StoreRecord, made: StoreRecord): boolean {
  return holdsNewestOf(writeLogOf(found.body), writeLogOf(made.body));
}

/** Keeps the parts of an error that help to find its cause, and drops what clients attach: commands, arguments, replies. */
function withoutDetails(cause: unknown): Error {
  if (!(cause instanceof Error)) return new Error('The store rejected with a value that is not an Error');
  const { code, errcode }: Error & { code?: unknown; errcode?: unknown } = cause;
  const codes = [code, errcode].filter((each) => typeof each === 'string' || typeof each === 'number');
  // Redis begins its messages with a word such as OOM, READONLY or LOADING.
  const word = /^[A-Z]{3,20}(?= )/.exec(cause.message)?.[0];
  return new Error(`The store rejected with ${[cause.name, word, ...codes].filter(Boolean).join(' ')}`);
}
