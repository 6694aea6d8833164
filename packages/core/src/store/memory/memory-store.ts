import type { SessionStore, StoreRecord } from '../store.ts';
import { ExpiryQueue } from './expiry-queue.ts';
import { ShardedMap } from './sharded-map.ts';

/** A memory store also tells how much it holds. */
export interface MemoryStore extends SessionStore {
  /** How many records there are, expired ones included until they are swept. */
  readonly size: number;
}

/**
 * Makes a store in this process's memory, for tests, development and single processes that may forget.
 *
 * Danger: everything is lost when the process ends, and another process sees none of it.
 */
export function memoryStore(): MemoryStore {
  const records = new ShardedMap<StoreRecord>();
  // Each record has an entry no later than its deadline. A deadline that moves on leaves its entry where it is, until a sweep comes to it.
  const deadlines = new ExpiryQueue();
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
  };
}
