import type { SessionStore, StoreRecord } from './store.ts';

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
  const records = new Map<string, StoreRecord>();
  return {
    get size() {
      return records.size;
    },
    read: (key) => records.get(key),
    compareAndSet(key, expected, next) {
      if ((records.get(key)?.version ?? null) !== expected) return false;
      if (next === null) records.delete(key);
      else records.set(key, next);
      return true;
    },
    sweep(now, limit) {
      const expired = [...records].filter(([, { expiresAt }]) => expiresAt <= now);
      expired.sort(([, a], [, b]) => a.expiresAt - b.expiresAt);
      const going = expired.slice(0, limit);
      for (const [key] of going) records.delete(key);
      return going.length;
    },
    clear: () => records.clear(),
  };
}
