import type { SessionStore, StoreRecord, StoreSubscriber } from '../store.ts';
import { ExpiryQueue } from './expiry-queue.ts';
import { ShardedMap } from './sharded-map.ts';

/** A memory store, with its size. */
export interface MemoryStore extends SessionStore {
  /** The number of records, including expired ones until they are swept. */
  readonly size: number;
}

/**
 * Creates a store in this process's memory, for tests, for development and for a single process that may lose its sessions.
 *
 * Danger: all sessions are lost when the process ends, and no other process sees them.
 *
 * @example
 * ```ts
 * const sessions = createSessions({ store: memoryStore(), initial: () => ({ cart: [] as string[] }) });
 * ```
 */
export function memoryStore(): MemoryStore {
  const records = new ShardedMap<StoreRecord>();
  // Each record has an entry at or before its deadline. An extended deadline leaves the entry in place until a sweep reaches it.
  const deadlines = new ExpiryQueue();
  const subscribers = new Set<StoreSubscriber>();
  return {
    get size() {
      return records.size;
    },
    read: (key) => records.get(key),
    compareAndSet(key, expected, next) {
      const before = records.get(key);
      if ((before?.version ?? null) !== expected) return false;
      if (next === null) {
        records.delete(key);
        return true;
      }
      records.set(key, next);
      if (before === undefined || next.expiresAt < before.expiresAt) deadlines.add(key, next.expiresAt);
      return true;
    },
    sweep(now, limit) {
      let count = 0;
      while (count < limit && deadlines.earliest <= now) {
        const key = deadlines.take();
        const expiresAt = key === undefined ? undefined : records.get(key)?.expiresAt;
        if (key === undefined || expiresAt === undefined) continue;
        if (expiresAt > now) deadlines.add(key, expiresAt);
        else if (records.delete(key)) count += 1;
      }
      return count;
    },
    clear() {
      records.clear();
      deadlines.clear();
    },
    publish(message) {
      for (const subscriber of subscribers) subscriber.message(message);
    },
    subscribe(subscriber) {
      subscribers.add(subscriber);
      return { check() {}, close: () => void subscribers.delete(subscriber) };
    },
  };
}
