import type { Awaitable } from '../common/awaitable.ts';
import { andThen, isPromise } from '../common/awaitable.ts';
import { SessionError } from '../common/errors.ts';
import { isRecord, kindOf, recordFault } from './check-record.ts';
import type { SessionStore, StoreRecord, StoreSubscriber, StoreSubscription } from './store.ts';
import type { StoreClock } from './store-clock.ts';
import {
  judgeFault,
  type OnStoreFailed,
  outcomeUnknown,
  type StoreFault,
  type StoreOperation,
  storeFailed,
} from './store-fault.ts';
import { holdsNewestOf, writeLogOf } from './write-log.ts';
import {
  type CompareResult,
  type Deleted,
  faultOf,
  type Write,
  type WriteOutcome,
  type Written,
} from './write-outcome.ts';

/** How often the very same write is sent while the store fails but can still be read. */
const MAX_SAME_WRITE_ATTEMPTS = 3;

/** What is known of a call whose request was stopped, or whose store takes very long. */
const NO_RESPONSE: StoreFault = {
  reason: 'it did not respond in time',
  action: '',
  isJudged: false,
  error: new Error('The store did not respond in time.'),
};

/**
 * Makes all calls to the store. A failure becomes `ERR_STORE_UNAVAILABLE` without the command, the key or the body; a write whose result was
 * lost is resolved by reading the record. An `ERR_CONFIG` of the store is thrown on as it is.
 */
export class StorePort {
  readonly #store: SessionStore;
  readonly #now: () => number;
  readonly #failed: OnStoreFailed;
  readonly #clock: StoreClock | undefined;

  constructor(store: SessionStore, now: () => number, failed: OnStoreFailed, clock?: StoreClock) {
    this.#store = store;
    this.#now = now;
    this.#failed = failed;
    this.#clock = clock;
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
   * a cloned process, which drew the same bytes. If it returns false or the fault, do not use the key again.
   */
  async createNew(key: string, next: StoreRecord): Promise<boolean | StoreFault> {
    const result = await this.#attempt(key, null, next);
    if (result === true) return true;
    const fault = faultOf(result);
    // Fails while the store is down, so that no other key is tried.
    if (fault !== undefined) await this.#readAfter(result, key);
    if (fault?.isJudged) throw outcomeUnknown(fault);
    return fault ?? false;
  }

  /**
   * Creates a record under a key that nobody knows yet. Returns true if it exists, otherwise false or the fault. Do not use the key again then: the write
   * may still arrive and bring back a session that has ended since.
   */
  async create(key: string, next: StoreRecord): Promise<boolean | StoreFault> {
    const result = await this.#attempt(key, null, next);
    if (result === true) return true;
    const found = await this.#readAfter(result, key);
    if (found !== undefined && holdsWriteOf(found, next)) return true;
    const fault = faultOf(result);
    if (fault?.isJudged) throw outcomeUnknown(fault);
    return fault ?? false;
  }

  /**
   * Replaces the version that was read. `isRepeated`: the same write was sent before, and its response did not arrive.
   *
   * @throws `ERR_STORE_UNAVAILABLE` if the store failed and it is unknown whether the write happened.
   */
  write(write: Write, isRepeated = false): Awaitable<WriteOutcome> {
    const { key, base, next, until } = write;
    if (isRepeated) return this.#findOut(write, NO_RESPONSE);
    // The caller must judge again if the deadline has passed meanwhile.
    if (this.#now() >= until) return { kind: 'lost', record: base };
    return andThen(this.#attempt(key, base.version, next), (result) =>
      result === true ? { kind: 'written', record: next } : this.#findOut(write, result),
    );
  }

  /** Resolves a write that the store did not confirm, and sends it again if it certainly has not happened. */
  async #findOut(
    { key, base, next, until, isKnownMissing }: Write,
    first: CompareResult,
  ): Promise<WriteOutcome> {
    let result = first;
    let written: Written = 'no';
    let fault: StoreFault | undefined;
    for (let attempt = 1; result !== true; attempt += 1) {
      fault = faultOf(result) ?? fault;
      if (fault !== undefined) written = 'unknown';
      else if (result === false) written = 'unlikely';
      const found = await this.#readAfter(result, key);
      if (found === undefined) return { kind: 'gone', written, fault };
      if (holdsWriteOf(found, next)) return { kind: 'written', record: found };
      if (found.version !== base.version) {
        // Versions only rise, so a lower one was not written over ours.
        const isSurelyWithout =
          written === 'no' ||
          holdsWriteOf(found, base) ||
          found.version < next.version ||
          isKnownMissing(found);
        if (isSurelyWithout) return { kind: 'lost', record: found };
        throw outcomeUnknown(fault);
      }
      // The write has not happened yet, but it still may. Only the very same write may follow, or it could be applied twice.
      // A store that has judged its failure, such as a lock that it has waited for, is not asked again.
      if (fault?.isJudged) throw outcomeUnknown(fault);
      if (attempt === MAX_SAME_WRITE_ATTEMPTS || this.#now() >= until) throw outcomeUnknown(fault);
      result = await this.#send(key, base.version, next);
    }
    return { kind: 'written', record: next };
  }

  /**
   * Deletes the version that was read. `gone` if another call deleted it; if our result was lost, or the call `isRepeated`, an absent record counts as
   * deleted by us.
   */
  async delete(key: string, base: StoreRecord, isRepeated = false): Promise<Deleted> {
    let fault = isRepeated ? NO_RESPONSE : undefined;
    for (let attempt = 1; ; attempt += 1) {
      const result = await this.#attempt(key, base.version, null);
      if (result === true) return 'deleted';
      fault = faultOf(result) ?? fault;
      const found = await this.#readAfter(result, key);
      if (found === undefined) return fault === undefined ? 'gone' : 'deleted';
      if (found.version !== base.version) return found;
      if (fault?.isJudged || attempt === MAX_SAME_WRITE_ATTEMPTS) throw outcomeUnknown(fault);
    }
  }

  /** Deletes a record whose deadline has passed by this server's clock. `kept` if it has not by the store's, so that a server with a fast clock ends no session. */
  deleteExpired(key: string, base: StoreRecord, isRepeated = false): Awaitable<Deleted | 'kept'> {
    if (this.#clock === undefined) return this.delete(key, base, isRepeated);
    return andThen(
      this.#clock.isEarly(base.expiresAt),
      (isEarly): Awaitable<Deleted | 'kept'> => (isEarly ? 'kept' : this.delete(key, base, isRepeated)),
    );
  }

  /** Removes one batch of expired records and returns how many. Goes by the store's clock if this server's is ahead. */
  async sweep(now: number, limit: number): Promise<number> {
    if (this.#store.sweep === undefined) return 0;
    await this.#clock?.compareIfDue(true);
    let count: unknown;
    try {
      count = await this.#store.sweep(now - Math.max(0, this.#clock?.ahead ?? 0), limit);
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

  /** Publishes a message to every process. */
  async publish(message: string): Promise<void> {
    try {
      await this.#store.publish?.(message);
    } catch (cause) {
      throw this.#failure('publish', cause);
    }
  }

  /** Opens a subscription; undefined if the store has none. */
  subscribe(subscriber: StoreSubscriber): StoreSubscription | undefined {
    return this.#store.subscribe?.(subscriber);
  }

  /** Makes the error for a subscription that failed. */
  subscriptionLost(cause: unknown): SessionError {
    return this.#failure('subscribe', cause);
  }

  /**
   * Sends one compareAndSet. A fault if the store failed, before or after applying it. `lost` if a synchronous store returned false, which is certain;
   * the false of an asynchronous store may come from a client that sent the command twice.
   */
  #attempt(key: string, expected: number | null, next: StoreRecord | null): Awaitable<CompareResult> {
    // Only a store that removes expired records itself would drop the record.
    const isDropped = next !== null && this.#store.sweep === undefined;
    const demanding = isDropped ? this.#clock?.demandAhead(next.expiresAt) : undefined;
    return isPromise(demanding)
      ? demanding.then(() => this.#send(key, expected, next))
      : this.#send(key, expected, next);
  }

  #send(key: string, expected: number | null, next: StoreRecord | null): Awaitable<CompareResult> {
    let result: Awaitable<unknown>;
    try {
      result = this.#store.compareAndSet(key, expected, next);
    } catch (cause) {
      return this.#fault('write', cause);
    }
    if (!isPromise(result)) return this.#checkCompared(result) || 'lost';
    return result.then(
      (compared) => this.#checkCompared(compared),
      (cause: unknown) => this.#fault('write', cause),
    );
  }

  /** Reads a record to find out what became of a write. If that fails too, the error is about the write. */
  async #readAfter(result: CompareResult, key: string): Promise<StoreRecord | undefined> {
    try {
      return await this.read(key);
    } catch (error) {
      const fault = faultOf(result);
      // Also without a fault: a client that sent the write twice may have lost the first result, so the false is not certain.
      throw isUnavailable(error) ? outcomeUnknown(fault) : error;
    }
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
    this.#failed(operation, `the store returned an invalid value: ${fault}`);
    return new SessionError(
      'ERR_STORE_UNAVAILABLE',
      `The session store returned an invalid value: ${fault}.`,
    );
  }

  #fault(operation: StoreOperation, cause: unknown): StoreFault {
    const fault = judgeFault(cause);
    this.#failed(operation, fault.reason);
    return fault;
  }

  #failure(operation: Exclude<StoreOperation, 'write'>, cause: unknown): SessionError {
    return storeFailed(operation, this.#fault(operation, cause));
  }
}

function isUnavailable(error: unknown): boolean {
  return error instanceof SessionError && error.code === 'ERR_STORE_UNAVAILABLE';
}

/** Tells whether `found` logs the write that made `made`. */
function holdsWriteOf(found: StoreRecord, made: StoreRecord): boolean {
  return holdsNewestOf(writeLogOf(found.body), writeLogOf(made.body));
}
