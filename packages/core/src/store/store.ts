import type { Awaitable } from '../common/awaitable.ts';

/**
 * Holds what a store keeps for one key. All of it is opaque to the store.
 */
export interface StoreRecord {
  /** Names this state of the record: an integer from 1 to 2^53 - 1. Every write raises it. */
  readonly version: number;
  /** The moment until which the record must be kept, in whole milliseconds since the epoch. */
  readonly expiresAt: number;
  /** The content, any well-formed Unicode text. */
  readonly body: string;
}

/**
 * Keeps records under keys: everything that this library asks of a database.
 *
 * Each key must be linearizable: a `read` that starts after a `compareAndSet` resolved sees its outcome or a later one.
 * Nothing is asked across keys, so a cluster may place each key where it likes.
 *
 * A failure rejects (or throws). It must never be answered as an absent record or as a lost comparison, because
 * absent means signed out. A write whose outcome is unknown rejects too; the core finds out what happened.
 *
 * Run `testStoreContract` from `@coatcheck/store-contract` over an implementation of your own.
 */
export interface SessionStore {
  /**
   * Returns the record under `key`, or undefined where there is none.
   *
   * A record may be gone once its `expiresAt` has passed by the store's clock, and not before. Where it is still
   * there it is returned: the core judges deadlines itself.
   */
  read(key: string): Awaitable<StoreRecord | undefined>;

  /**
   * Writes `next` in one atomic step if the record's version is `expected`, and says whether it did.
   *
   * `expected` null: only where there is no record. `next` null: deletes the record. Whether an expired record is
   * still there must be answered just as `read` answers it.
   */
  compareAndSet(key: string, expected: number | null, next: StoreRecord | null): Awaitable<boolean>;

  /**
   * Removes up to `limit` records whose `expiresAt` is at or before `now`, those longest expired first, and returns how many went.
   * Left out where the database expires by itself.
   */
  sweep?(now: number, limit: number): Awaitable<number>;

  /** Removes every record of this store, and nothing that belongs to another prefix or table. */
  clear?(): Awaitable<void>;

  /** Releases what the store itself opened. What it was handed stays open. */
  close?(): Awaitable<void>;
}
