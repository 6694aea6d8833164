import { type Mutant, mangling } from './mutant.ts';
import { referenceStore } from './reference-store.ts';

/** Stores with faults in expiry, sweeping and separation from a neighbour. */
export const EXPIRY_MUTANTS: readonly Mutant[] = [
  {
    fault: 'rejects a record that has expired',
    make: ({ store }) => ({
      ...store,
      compareAndSet: (key, expected, next) =>
        (next === null || next.expiresAt > Date.now()) && store.compareAndSet(key, expected, next),
    }),
    fails: ['accepts a record whose deadline has passed'],
  },
  {
    fault: 'hides an expired record from read only',
    make: ({ store }) => ({
      ...store,
      read(key) {
        const found = store.read(key);
        return found && found.expiresAt > Date.now() ? found : undefined;
      },
    }),
    fails: ['agrees between read and compareAndSet whether an expired record exists'],
  },
  {
    fault: 'counts expiry in 32-bit seconds',
    make: (parts) =>
      mangling(parts, (record) => ({
        ...record,
        expiresAt: Math.min(record.expiresAt, (2 ** 32 - 1) * 1000),
      })),
    fails: ['keeps distant deadlines exactly'],
  },
  {
    fault: 'drops a record at the start of its last second',
    make({ store, records }) {
      const drop = (key: string): void => {
        const found = records().get(key);
        if (found && Math.floor(found.expiresAt / 1000) * 1000 <= Date.now()) records().delete(key);
      };
      return {
        ...store,
        read(key) {
          drop(key);
          return store.read(key);
        },
        compareAndSet(key, expected, next) {
          drop(key);
          return store.compareAndSet(key, expected, next);
        },
      };
    },
    fails: ['keeps a record until the exact millisecond of its deadline'],
  },
  {
    fault: 'never changes the deadline of the creation',
    make({ store, records }) {
      const first = new Map<string, number>();
      const drop = (key: string): void => {
        if ((first.get(key) ?? Number.POSITIVE_INFINITY) <= Date.now()) records().delete(key);
      };
      return {
        ...store,
        read(key) {
          drop(key);
          return store.read(key);
        },
        compareAndSet(key, expected, next) {
          drop(key);
          if (expected === null && next !== null) first.set(key, next.expiresAt);
          return store.compareAndSet(key, expected, next);
        },
      };
    },
    fails: ['keeps a record past its first deadline after an extension'],
  },
  {
    fault: 'leaves records that expire at the exact time of a sweep',
    make: ({ store }) => ({ ...store, sweep: (now, limit) => store.sweep(now - 1, limit) }),
    fails: ['sweeps what expired at or before the given time, and nothing later'],
  },
  {
    fault: 'tells its time in seconds',
    make: ({ store }) => ({ ...store, now: () => Date.now() / 1000 }),
    fails: ['tells its time in milliseconds since the epoch, if it does so'],
  },
  {
    fault: 'sweeps a second ahead',
    make: ({ store }) => ({ ...store, sweep: (now, limit) => store.sweep(now + 1000, limit) }),
    fails: [
      'keeps a record until the exact millisecond of its deadline',
      'sweeps what expired at or before the given time, and nothing later',
      'sweeps by the deadline of the last write',
    ],
  },
  {
    fault: 'sweeps without a limit',
    make: ({ store }) => ({ ...store, sweep: (now) => store.sweep(now, Number.POSITIVE_INFINITY) }),
    fails: ['sweeps as many records as the limit allows, if enough have expired'],
  },
  {
    fault: 'sweeps in order of arrival',
    make: ({ store, records }) => ({
      ...store,
      sweep(now, limit) {
        const expired = [...records()].filter(([, { expiresAt }]) => expiresAt <= now).slice(0, limit);
        for (const [key] of expired) records().delete(key);
        return expired.length;
      },
    }),
    fails: ['sweeps those that expired longest ago first'],
  },
  {
    fault: 'returns the limit instead of the number of removed records',
    make: ({ store }) => ({
      ...store,
      sweep(now, limit) {
        store.sweep(now, limit);
        return limit;
      },
    }),
    fails: ['returns how many records a sweep removed'],
  },
  {
    fault: 'sweeps by the deadline of the first write',
    make({ store, records }) {
      const first = new Map<string, number>();
      return {
        ...store,
        compareAndSet(key, expected, next) {
          if (expected === null && next !== null) first.set(key, next.expiresAt);
          return store.compareAndSet(key, expected, next);
        },
        sweep(now, limit) {
          const live = records();
          const expired = [...first]
            .filter(([key, deadline]) => deadline <= now && live.has(key))
            .sort(([, a], [, b]) => a - b)
            .slice(0, limit);
          for (const [key] of expired) live.delete(key);
          return expired.length;
        },
      };
    },
    fails: [
      'keeps a record past its first deadline after an extension',
      'sweeps by the deadline of the last write',
    ],
  },
  {
    fault: 'sweeps every table',
    make: ({ store, database }) => ({
      ...store,
      sweep(now, limit) {
        for (const table of database.tables.keys()) {
          if (!table.endsWith('eu:')) continue;
          referenceStore(database, table).sweep(now, limit);
        }
        return store.sweep(now, limit);
      },
    }),
    fails: ['sweeps no record of another prefix or table'],
  },
  {
    fault: 'mixes its records with those of every table',
    make: ({ database }) => referenceStore(database, 'together'),
    fails: [
      'sweeps no record of another prefix or table',
      'keeps its records apart from those of another prefix or table',
      'clears no record of another prefix or table',
      'delivers no message of another prefix or table',
    ],
  },
  {
    fault: 'clears every prefix that begins with its own',
    make: ({ store, database, table }) => ({
      ...store,
      clear() {
        store.clear();
        for (const [name, records] of database.tables) if (name.startsWith(table)) records.clear();
      },
    }),
    fails: ['clears no record of another prefix or table'],
  },
  {
    fault: 'clears the first 100 records',
    make: ({ store, records }) => ({
      ...store,
      clear() {
        for (const key of [...records().keys()].slice(0, 100)) records().delete(key);
      },
    }),
    fails: ['clears every record'],
  },
  {
    fault: 'closes a connection that was passed in',
    make: ({ store, database }) => ({
      ...store,
      close() {
        database.isDown = true;
      },
    }),
    fails: ['closes without closing its neighbour'],
  },
];
