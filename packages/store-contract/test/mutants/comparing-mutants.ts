import type { StoreRecord } from '@coatcheck/core';
import { type Mutant, rekeying } from './mutant.ts';

/** Stores with faults in reading, comparing, keys and the types of answers. */
export const COMPARING_MUTANTS: readonly Mutant[] = [
  {
    fault: 'answers any key with the record written last',
    make({ store }) {
      let last: StoreRecord | undefined;
      return {
        ...store,
        read: (key) => store.read(key) ?? (key.endsWith('x') ? last : undefined),
        compareAndSet(key, expected, next) {
          last = next ?? undefined;
          return store.compareAndSet(key, expected, next);
        },
      };
    },
    fails: ['answers undefined for a key that holds no record'],
  },
  {
    fault: 'creates over a record',
    make: ({ store, records }) => ({
      ...store,
      compareAndSet(key, expected, next) {
        if (expected !== null || next === null) return store.compareAndSet(key, expected, next);
        records().set(key, next);
        return true;
      },
    }),
    fails: [
      'does not create over a record, and leaves it as it was',
      'agrees with itself on whether an expired record is still there',
      'lets one of 64 writers create a record',
    ],
  },
  {
    fault: 'writes although it answers that the creation lost',
    make: ({ store, records }) => ({
      ...store,
      compareAndSet(key, expected, next) {
        const won = store.compareAndSet(key, expected, next);
        if (!won && expected === null && next?.version === 8) records().set(key, next);
        return won;
      },
    }),
    fails: ['does not create over a record, and leaves it as it was'],
  },
  {
    fault: 'answers true to every replacement',
    make: ({ store }) => ({
      ...store,
      compareAndSet: (key, expected, next) =>
        store.compareAndSet(key, expected, next) || (expected !== null && next !== null),
    }),
    fails: [
      'does not replace a record of another version, and leaves it as it was',
      'does not replace where there is no record, and creates none',
      'tells versions near 2^53 apart',
      'lets one of 64 writers replace each version',
      'lets one of 64 writers replace or delete a record',
    ],
  },
  {
    fault: 'replaces a record of any lower version',
    make: ({ store, records }) => ({
      ...store,
      compareAndSet(key, expected, next) {
        const version = records().get(key)?.version;
        const lower = expected !== null && next !== null && version !== undefined && version < expected;
        return store.compareAndSet(key, lower ? version : expected, next);
      },
    }),
    fails: [
      'does not replace a record of another version, and leaves it as it was',
      'tells versions near 2^53 apart',
    ],
  },
  {
    fault: 'creates where a version was expected',
    make: ({ store }) => ({
      ...store,
      compareAndSet: (key, expected, next) =>
        store.compareAndSet(key, next !== null && store.read(key) === undefined ? null : expected, next),
    }),
    fails: [
      'does not replace where there is no record, and creates none',
      'lets one of 64 writers replace or delete a record',
    ],
  },
  {
    fault: 'deletes a record of any version',
    make: ({ store }) => ({
      ...store,
      compareAndSet: (key, expected, next) =>
        store.compareAndSet(
          key,
          next === null && expected !== null ? (store.read(key)?.version ?? 0) : expected,
          next,
        ),
    }),
    fails: [
      'does not delete a record of another version',
      'tells versions near 2^53 apart',
      'lets one of 64 writers replace or delete a record',
    ],
  },
  {
    fault: 'leaves expiresAt as it was when it replaces',
    make: ({ store, records }) => ({
      ...store,
      compareAndSet(key, expected, next) {
        const expiresAt = records().get(key)?.expiresAt;
        return store.compareAndSet(
          key,
          expected,
          next && { ...next, expiresAt: expiresAt ?? next.expiresAt },
        );
      },
    }),
    fails: [
      'replaces the record of the expected version',
      'keeps a record whose moment was moved on past its first one',
      'sweeps by the moment of the last write',
    ],
  },
  {
    fault: 'reads a deleted record once more',
    make({ store }) {
      const deleted = new Map<string, StoreRecord>();
      return {
        ...store,
        read(key) {
          const found = deleted.get(key);
          deleted.delete(key);
          return found ?? store.read(key);
        },
        compareAndSet(key, expected, next) {
          const found = store.read(key);
          const won = store.compareAndSet(key, expected, next);
          if (won && next === null && found?.version === 7) deleted.set(key, found);
          if (next !== null) deleted.delete(key);
          return won;
        },
      };
    },
    fails: ['deletes the record of the expected version'],
  },
  {
    fault: 'answers true to the deletion of nothing',
    make: ({ store }) => ({
      ...store,
      compareAndSet: (key, expected, next) =>
        store.compareAndSet(key, expected, next) || (next === null && store.read(key) === undefined),
    }),
    fails: [
      'does not delete where there is no record, and says so',
      'lets one of 64 writers replace or delete a record',
    ],
  },
  {
    fault: 'deletes where neither a record nor a write was asked for',
    make: ({ store, records }) => ({
      ...store,
      compareAndSet(key, expected, next) {
        if (expected === null && next === null) return records().delete(key);
        return store.compareAndSet(key, expected, next);
      },
    }),
    fails: ['leaves a record alone where none was expected and none is to be written'],
  },
  {
    fault: 'keeps a tombstone, so that a key can be used once',
    make({ store }) {
      const dead = new Set<string>();
      return {
        ...store,
        compareAndSet(key, expected, next) {
          if (expected === null && dead.has(key)) return false;
          const won = store.compareAndSet(key, expected, next);
          if (won && next === null) dead.add(key);
          return won;
        },
      };
    },
    fails: ['creates a record anew under a key whose record was deleted'],
  },
  {
    fault: 'answers 1 and 0',
    // What a driver's JavaScript hands on, whatever the types say.
    make: ({ store }) => ({
      ...store,
      compareAndSet: untyped((...args) => Number(store.compareAndSet(...args))),
    }),
    fails: ['answers compareAndSet with true or false'],
  },
  {
    fault: 'answers null for an absent record',
    make: ({ store }) => ({ ...store, read: untyped((key) => store.read(key) ?? null) }),
    fails: ['answers read with undefined, or with a record of the right types'],
  },
  {
    fault: 'answers versions as text',
    make: ({ store }) => ({
      ...store,
      read: untyped((key) => {
        const found = store.read(key);
        return found && { ...found, version: String(found.version) };
      }),
    }),
    fails: ['answers read with undefined, or with a record of the right types'],
  },
  {
    fault: 'answers a sweep with nothing',
    make: ({ store }) => ({
      ...store,
      sweep: untyped((now, limit) => {
        store.sweep(now, limit);
      }),
    }),
    fails: ['answers sweep, where it has one, with a whole number', 'says how many records a sweep removed'],
  },
  {
    fault: 'ignores case in keys',
    make: (parts) => rekeying(parts, (key) => key.toLowerCase()),
    fails: ['takes every key as it is, and keeps each one apart from the others'],
  },
  {
    fault: 'drops spaces around keys',
    make: (parts) => rekeying(parts, (key) => key.trim()),
    fails: ['takes every key as it is, and keeps each one apart from the others'],
  },
  {
    fault: 'normalises keys',
    make: (parts) => rekeying(parts, (key) => key.normalize('NFC')),
    fails: ['takes every key as it is, and keeps each one apart from the others'],
  },
  {
    fault: 'cuts keys at 255 characters',
    make: (parts) => rekeying(parts, (key) => key.slice(0, 255)),
    fails: ['takes every key as it is, and keeps each one apart from the others'],
  },
];

// A mutant may answer in a type that the contract forbids; this is the one place that says otherwise to the compiler.
function untyped<Args extends unknown[]>(answer: (...args: Args) => unknown): (...args: Args) => never {
  return answer as (...args: Args) => never;
}
