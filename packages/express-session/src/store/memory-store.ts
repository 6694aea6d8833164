import { EventEmitter } from 'node:events';
import { type Awaitable, memoryStore, type SessionStore, type StoreRecord } from '@coatcheck/core';

/** The base class that stores for express-session extend, such as one that is handed to `migrateFrom`. Coatcheck itself does not use it. */
export const Store: typeof EventEmitter = EventEmitter;

/**
 * Keeps sessions in this process, for development and tests. The same as `memoryStore()`.
 *
 * @example
 * ```ts
 * app.use(session({ secret, store: new session.MemoryStore() }));
 * ```
 */
export class MemoryStore extends EventEmitter implements SessionStore {
  readonly #records = memoryStore();

  read(key: string): Awaitable<StoreRecord | undefined> {
    return this.#records.read(key);
  }

  compareAndSet(key: string, expected: number | null, next: StoreRecord | null): Awaitable<boolean> {
    return this.#records.compareAndSet(key, expected, next);
  }

  sweep(now: number, limit: number): Awaitable<number> {
    return this.#records.sweep?.(now, limit) ?? 0;
  }

  clear(): Awaitable<void> {
    return this.#records.clear?.();
  }
}
