import type { Awaitable } from '../common/awaitable.ts';

/** Holds what a store keeps under one key. All of it is opaque to the store. */
export interface StoreRecord {
  /** The version: an integer from 1 to 2^53 - 1. Every write raises it. */
  readonly version: number;
  /** The moment until which the record must be kept, in whole milliseconds since the Unix epoch. */
  readonly expiresAt: number;
  /** The content: any well-formed Unicode string. */
  readonly body: string;
}

/**
 * Keeps records under keys. This is all that the library needs from a database.
 *
 * Each key must be linearizable: a `read` that starts after a `compareAndSet` resolved returns its result or a later one.
 * Nothing is required across keys, so a cluster may place each key on any node.
 *
 * A failure must reject or throw. Never report it as an absent record or as a lost comparison: absent means signed out. A write whose outcome is
 * unknown must reject too; the core then finds out what happened.
 *
 * Test your own store with `testStoreContract` from `@coatcheck/store-contract`.
 *
 * @example
 * ```ts
 * const records = new Map<string, StoreRecord>();
 * const store: SessionStore = {
 *   read: (key) => records.get(key),
 *   compareAndSet(key, expected, next) {
 *     if ((records.get(key)?.version ?? null) !== expected) return false;
 *     if (next === null) records.delete(key);
 *     else records.set(key, next);
 *     return true;
 *   },
 * };
 * ```
 */
export interface SessionStore {
  /**
   * Returns the record under `key`, or undefined if there is none.
   *
   * A record may disappear once its `expiresAt` has passed by the store's clock, never before. While it exists it must be returned, even if it has
   * expired: the core judges deadlines itself.
   */
  read(key: string): Awaitable<StoreRecord | undefined>;

  /**
   * Writes `next` in one atomic step if the record's version is `expected`, and returns whether it did.
   *
   * `expected` is null to write only if there is no record. `next` is null to delete the record. An expired record must count as present or absent
   * exactly as in `read`.
   */
  compareAndSet(key: string, expected: number | null, next: StoreRecord | null): Awaitable<boolean>;

  /**
   * Removes up to `limit` records whose `expiresAt` is at or before `now`, the longest expired first, and returns how many.
   * Leave it out if the database removes expired records itself.
   */
  sweep?(now: number, limit: number): Awaitable<number>;

  /** Removes every record of this store, and none of another prefix or table. */
  clear?(): Awaitable<void>;

  /**
   * Returns the time of the database's clock, in milliseconds since the epoch. Leave it out if the database runs on the same machine. With it the core
   * notices a server whose clock is more than 10 s off: it warns, deletes no session that has not expired by this clock, and refuses a write that the database
   * would drop at once. It is called once a minute.
   */
  now?(): Awaitable<number>;

  /**
   * Sends a message to every subscription of this store, in whichever process it is, and to none of another prefix or table. The message is a string of
   * at most 4,096 printable ASCII characters. Has no effect on records. A store has both this and `subscribe`, or neither.
   */
  publish?(message: string): Awaitable<void>;

  /**
   * Opens a subscription to the messages, on a connection of its own. It does not reconnect: the core closes it and opens another. Throws nothing but
   * `ERR_CONFIG`; call `lost` for what fails later.
   */
  subscribe?(subscriber: StoreSubscriber): StoreSubscription;

  /** Closes what the store itself opened. A client or connection that was passed to it stays open. */
  close?(): Awaitable<void>;
}

/** Receives the messages of a store. */
export interface StoreSubscriber {
  /** Receives one message, in no particular order. */
  message(message: string): void;
  /** Hears at most once that messages may be missing from now on, and why. A subscription that notices it only in `check` need not call it. */
  lost(cause: unknown): void;
}

/** A subscription to the messages of a store. */
export interface StoreSubscription {
  /** Resolves once a message that is published from now on arrives. Rejects if messages may have been lost since the subscription began. Called every few seconds. */
  check(): Awaitable<void>;
  /** Ends the subscription, also one that is not open yet. No message arrives once it has resolved. */
  close(): Awaitable<void>;
}
