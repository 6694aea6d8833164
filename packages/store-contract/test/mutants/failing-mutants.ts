import type { Mutant } from './mutant.ts';

/** Stores with faults under contention or while the database cannot respond. */
export const FAILING_MUTANTS: readonly Mutant[] = [
  {
    fault: 'reads and writes in two steps',
    make: ({ store, records }) => ({
      ...store,
      async compareAndSet(key, expected, next) {
        const version = records().get(key)?.version ?? null;
        await Promise.resolve();
        return version === expected && store.compareAndSet(key, records().get(key)?.version ?? null, next);
      },
    }),
    fails: [
      'lets one of 64 writers create a record',
      'lets one of 64 writers replace each version',
      'lets one of 64 writers replace or delete a record',
    ],
  },
  {
    fault: 'creates in two steps',
    make: ({ store, records }) => ({
      ...store,
      async compareAndSet(key, expected, next) {
        if (expected !== null || next === null) return store.compareAndSet(key, expected, next);
        const isThere = records().has(key);
        await Promise.resolve();
        if (!isThere) records().set(key, next);
        return !isThere;
      },
    }),
    fails: ['lets one of 64 writers create a record'],
  },
  {
    fault: 'deletes in two steps',
    make: ({ store, records }) => ({
      ...store,
      async compareAndSet(key, expected, next) {
        if (next !== null) return store.compareAndSet(key, expected, next);
        const version = records().get(key)?.version ?? null;
        await Promise.resolve();
        if (version === null || version !== expected) return false;
        records().delete(key);
        return true;
      },
    }),
    fails: ['lets one of 64 writers replace or delete a record'],
  },
  {
    fault: 'returns false to the winner of many writers',
    make: ({ store }) => ({
      ...store,
      compareAndSet: (key, expected, next) =>
        store.compareAndSet(key, expected, next) && !(next?.body === 'written by 0' && next.version === 1),
    }),
    fails: ['lets one of 64 writers create a record'],
  },
  {
    fault: 'reports a failed read as an absent record',
    make: ({ store }) => ({ ...store, read: (key) => unlessDown(() => store.read(key), undefined) }),
    fails: ['rejects a failed read, and never reports it as an absent record'],
  },
  {
    fault: 'reports a failed write as a lost comparison',
    make: ({ store }) => ({
      ...store,
      compareAndSet: (...args) => unlessDown(() => store.compareAndSet(...args), false),
    }),
    fails: ['rejects a failed write, and never reports it as a lost comparison'],
  },
  {
    fault: 'reports a failed deletion as done',
    make: ({ store }) => ({
      ...store,
      compareAndSet: (key, expected, next) =>
        next === null
          ? unlessDown(() => store.compareAndSet(key, expected, next), true)
          : store.compareAndSet(key, expected, next),
    }),
    fails: ['rejects a failed write, and never reports it as a lost comparison'],
  },
  {
    fault: 'returns 0 from a failed sweep',
    make: ({ store }) => ({ ...store, sweep: (...args) => unlessDown(() => store.sweep(...args), 0) }),
    fails: ['rejects a failed sweep'],
  },
  {
    fault: 'ignores a failed clear',
    make: ({ store }) => ({ ...store, clear: () => unlessDown(() => store.clear(), undefined) }),
    fails: ['rejects a failed clear'],
  },
];

/** Makes a call, and returns another value if it fails. */
function unlessDown<T>(call: () => T, otherwise: T): T {
  try {
    return call();
  } catch {
    return otherwise;
  }
}
