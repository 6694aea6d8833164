import type { StoreRecord } from '@coatcheck/core';
import { type Mutant, rekeying } from './mutant.ts';

/** Stores with faults in reading, comparing, keys and result types. */
export const COMPARING_MUTANTS: readonly Mutant[] = [
  {
    fault: 'returns the last written record for any key',
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
    fails: ['returns undefined for a key without a record'],
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
      'does not create over a record, and leaves it unchanged',
      'agrees between read and compareAndSet whether an expired record exists',
      'lets one of 64 writers create a record',
    ],
  },
  {
    fault: 'writes although it returns false for the creation',
    make: ({ store, records }) => ({
      ...store,
      compareAndSet(key, expected, next) {
        const won = store.compareAndSet(key, expected, next);
        if (!won && expected === null && next?.version === 8) records().set(key, next);
        return won;
      },
    }),
    fails: ['does not create over a record, and leaves it unchanged'],
  },
  {
    fault: 'returns true for every replacement',
    make: ({ store }) => ({
      ...store,
      compareAndSet: (key, expected, next) =>
        store.compareAndSet(key, expected, next) || (expected !== null && next !== null),
    }),
    fails: [
      'does not replace a record of another version, and leaves it unchanged',
      'does not replace an absent record, and does not create one',
      'distinguishes versions near 2^53',
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
      'does not replace a record of another version, and leaves it unchanged',
      'distinguishes versions near 2^53',
    ],
  },
  {
    fault: 'creates a record if a version was expected',
    make: ({ store }) => ({
      ...store,
      compareAndSet: (key, expected, next) =>
        store.compareAndSet(key, next !== null && store.read(key) === undefined ? null : expected, next),
    }),
    fails: [
      'does not replace an absent record, and does not create one',
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
      'distinguishes versions near 2^53',
      'lets one of 64 writers replace or delete a record',
    ],
  },
  {
    fault: 'keeps the old expiresAt when it replaces',
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
      'keeps a record past its first deadline after an extension',
      'sweeps by the deadline of the last write',
    ],
  },
  {
    fault: 'returns a deleted record once more',
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
    fault: 'returns true for the deletion of an absent record',
    make: ({ store }) => ({
      ...store,
      compareAndSet: (key, expected, next) =>
        store.compareAndSet(key, expected, next) || (next === null && store.read(key) === undefined),
    }),
    fails: [
      'returns false when deleting an absent record',
      'lets one of 64 writers replace or delete a record',
    ],
  },
  {
    fault: 'deletes on compareAndSet(key, null, null)',
    make: ({ store, records }) => ({
      ...store,
      compareAndSet(key, expected, next) {
        if (expected === null && next === null) return records().delete(key);
        return store.compareAndSet(key, expected, next);
      },
    }),
    fails: ['leaves a record unchanged by compareAndSet(key, null, null)'],
  },
  {
    fault: 'keeps a tombstone, so that a key can be used only once',
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
    fails: ['creates a record again under a key whose record was deleted'],
  },
  {
    fault: 'returns 1 and 0',
    // As a driver written in JavaScript may do, whatever the types say.
    make: ({ store }) => ({
      ...store,
      compareAndSet: untyped((...args) => Number(store.compareAndSet(...args))),
    }),
    fails: ['returns true or false from compareAndSet'],
  },
  {
    fault: 'returns null for an absent record',
    make: ({ store }) => ({ ...store, read: untyped((key) => store.read(key) ?? null) }),
    fails: ['returns undefined from read, or a record with the right types'],
  },
  {
    fault: 'returns versions as strings',
    make: ({ store }) => ({
      ...store,
      read: untyped((key) => {
        const found = store.read(key);
        return found && { ...found, version: String(found.version) };
      }),
    }),
    fails: ['returns undefined from read, or a record with the right types'],
  },
  {
    fault: 'returns nothing from a sweep',
    make: ({ store }) => ({
      ...store,
      sweep: untyped((now, limit) => {
        store.sweep(now, limit);
      }),
    }),
    fails: [
      'returns a whole number from sweep, if it has that method',
      'returns how many records a sweep removed',
    ],
  },
  {
    fault: 'ignores case in keys',
    make: (parts) => rekeying(parts, (key) => key.toLowerCase()),
    fails: ['accepts every key unchanged, and keeps all keys apart'],
  },
  {
    fault: 'drops spaces around keys',
    make: (parts) => rekeying(parts, (key) => key.trim()),
    fails: ['accepts every key unchanged, and keeps all keys apart'],
  },
  {
    fault: 'normalises keys',
    make: (parts) => rekeying(parts, (key) => key.normalize('NFC')),
    fails: ['accepts every key unchanged, and keeps all keys apart'],
  },
  {
    fault: 'cuts keys at 255 characters',
    make: (parts) => rekeying(parts, (key) => key.slice(0, 255)),
    fails: ['accepts every key unchanged, and keeps all keys apart'],
  },
];

// A mutant may return types that the contract forbids. This is the only place that tells the compiler otherwise.
function untyped<Args extends unknown[]>(call: (...args: Args) => unknown): (...args: Args) => never {
  return call as (...args: Args) => never;
}
