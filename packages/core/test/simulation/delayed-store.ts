import { memoryStore } from '../../src/store/memory/memory-store.ts';
import type { SessionStore } from '../../src/store/store.ts';
import type { Draws } from './draws.ts';
import type { Timeline } from './timeline.ts';

/** Makes a memory store whose calls take effect after a while, and resolve after another. */
export function delayedStore(timeline: Timeline, draws: Draws): SessionStore {
  const inner = memoryStore();
  const away = () => timeline.sleep(draws.chance(0.01) ? draws.between(0, 500) : draws.between(0, 8));
  return {
    async read(key) {
      await away();
      const record = inner.read(key);
      await away();
      return record;
    },
    async compareAndSet(key, expected, next) {
      await away();
      const isWritten = inner.compareAndSet(key, expected, next);
      await away();
      return isWritten;
    },
    async sweep(now, limit) {
      await away();
      return (await inner.sweep?.(now, limit)) ?? 0;
    },
  };
}
