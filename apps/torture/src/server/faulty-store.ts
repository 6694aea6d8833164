import { setTimeout as sleep } from 'node:timers/promises';
import type { SessionStore, StoreRecord } from '@coatcheck/core';
import { seeded } from '../../../../packages/core/test/fuzz/seeded.ts';
import type { StoreFault } from './spec.ts';

/** The store's calls that return values, not promises. */
interface SynchronousStore {
  read(key: string): StoreRecord | undefined;
  compareAndSet(key: string, expected: number | null, next: StoreRecord | null): boolean;
}

const FAULTS: Readonly<Record<StoreFault, (store: SynchronousStore) => SessionStore>> = {
  'ignores-versions': ignoringVersions,
  'loses-results': losingResults,
};

/** Breaks a store on purpose. */
export function withFault(store: SynchronousStore, fault: StoreFault): SessionStore {
  return FAULTS[fault](store);
}

/** A write wins whatever version it expects. The checker must find what that loses. */
function ignoringVersions(store: SynchronousStore): SessionStore {
  return {
    read: (key) => store.read(key),
    compareAndSet: (key, _expected, next) => store.compareAndSet(key, store.read(key)?.version ?? null, next),
  };
}

/**
 * Some writes happen, and fail up to 100 ms later: others read what was written meanwhile, and end the session. Some reads that are to find out what happened fail
 * too. The library must bear that.
 */
function losingResults(store: SynchronousStore): SessionStore {
  const random = seeded(process.pid);
  const doubtful = new Set<string>();
  return {
    read: async (key) => {
      if (doubtful.delete(key) && random.chance(0.5)) throw new Error('The store is not reached.');
      return store.read(key);
    },
    compareAndSet: async (key, expected, next) => {
      const isWritten = store.compareAndSet(key, expected, next);
      if (!random.chance(0.25)) return isWritten;
      doubtful.add(key);
      await sleep(random.int(100));
      throw new Error('The connection was lost before the result arrived.');
    },
  };
}
