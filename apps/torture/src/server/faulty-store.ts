import { setTimeout as sleep } from 'node:timers/promises';
import type { SessionStore } from '@coatcheck/core';
import { seeded } from '../../../../packages/core/test/fuzz/seeded.ts';
import type { StoreFault } from './spec.ts';

const FAULTS: Readonly<Record<StoreFault, (store: SessionStore) => SessionStore>> = {
  'ignores-versions': ignoringVersions,
  'loses-results': losingResults,
};

/** Breaks a store on purpose. */
export function withFault(store: SessionStore, fault: StoreFault): SessionStore {
  return FAULTS[fault](store);
}

/** A write wins whatever version it expects. The checker must find what that loses. */
function ignoringVersions(store: SessionStore): SessionStore {
  return {
    read: (key) => store.read(key),
    compareAndSet: async (key, _expected, next) => {
      const record = await store.read(key);
      return store.compareAndSet(key, record?.version ?? null, next);
    },
  };
}

/**
 * Some writes happen, and fail up to 100 ms later: others read what was written meanwhile, and end the session. Some reads that are to find out what happened fail
 * too. The library must bear that.
 */
function losingResults(store: SessionStore): SessionStore {
  const random = seeded(process.pid);
  const doubtful = new Set<string>();
  return {
    read: async (key) => {
      if (doubtful.delete(key) && random.chance(0.5)) throw new Error('The store is not reached.');
      return store.read(key);
    },
    compareAndSet: async (key, expected, next) => {
      const isWritten = await store.compareAndSet(key, expected, next);
      if (!random.chance(0.25)) return isWritten;
      doubtful.add(key);
      await sleep(random.int(100));
      throw new Error('The connection was lost before the result arrived.');
    },
  };
}
