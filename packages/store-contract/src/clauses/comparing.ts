import { equal } from 'node:assert/strict';
import type { Clause } from '../clause.ts';
import { KEY, makeRecord, requireAbsent, requireRecord } from '../record.ts';

/** Lists the clauses about the version that a write needs. */
export function comparing(): readonly Clause[] {
  return [
    {
      title: 'returns undefined for a key without a record',
      async check(lab) {
        const store = await lab.store();
        await requireAbsent(store, KEY, 'In an empty store');
        await store.put(KEY, makeRecord(1));
        await requireAbsent(store, `${KEY}x`, 'Next to a record under another key');
      },
    },
    {
      title: 'creates a record if there is none',
      async check(lab) {
        const store = await lab.store();
        const record = makeRecord(1);
        equal(await store.create(KEY, record), true, 'Creating an absent record must return true');
        await requireRecord(store, KEY, record, 'After it was created');
      },
    },
    {
      title: 'does not create over a record, and leaves it unchanged',
      async check(lab) {
        const store = await lab.store();
        const record = makeRecord(7);
        await store.put(KEY, record);
        equal(await store.create(KEY, makeRecord(8)), false, 'Creating over a record must return false');
        await requireRecord(store, KEY, record, 'After a creation that failed');
      },
    },
    {
      title: 'replaces the record of the expected version',
      async check(lab) {
        const store = await lab.store();
        await store.put(KEY, makeRecord(7));
        const next = makeRecord(1_048_583, 'another body', makeRecord(7).expiresAt + 60_000);
        equal(await store.replace(KEY, 7, next), true, 'Replacing the expected version must return true');
        await requireRecord(store, KEY, next, 'After it was replaced');
      },
    },
    {
      title: 'does not replace a record of another version, and leaves it unchanged',
      async check(lab) {
        const store = await lab.store();
        const record = makeRecord(7);
        await store.put(KEY, record);
        for (const other of [6, 8, 70]) {
          const result = await store.replace(KEY, other, makeRecord(100));
          equal(result, false, `Replacing version ${other} of a record at version 7 must return false`);
          await requireRecord(store, KEY, record, 'After a replacement that failed');
        }
      },
    },
    {
      title: 'does not replace an absent record, and does not create one',
      async check(lab) {
        const store = await lab.store();
        equal(
          await store.replace(KEY, 1, makeRecord(2)),
          false,
          'Replacing an absent record must return false',
        );
        await requireAbsent(store, KEY, 'After replacing an absent record');
      },
    },
    {
      title: 'deletes the record of the expected version',
      async check(lab) {
        const store = await lab.store();
        await store.put(KEY, makeRecord(7));
        equal(await store.delete(KEY, 7), true, 'Deleting the expected version must return true');
        await requireAbsent(store, KEY, 'After it was deleted');
      },
    },
    {
      title: 'does not delete a record of another version',
      async check(lab) {
        const store = await lab.store();
        const record = makeRecord(7);
        await store.put(KEY, record);
        for (const other of [6, 8]) {
          const result = await store.delete(KEY, other);
          equal(result, false, `Deleting version ${other} of a record at version 7 must return false`);
          await requireRecord(store, KEY, record, 'After a deletion that failed');
        }
      },
    },
    {
      title: 'returns false when deleting an absent record',
      async check(lab) {
        const store = await lab.store();
        equal(await store.delete(KEY, 1), false, 'Deleting an absent record must return false');
      },
    },
    {
      title: 'leaves a record unchanged by compareAndSet(key, null, null)',
      async check(lab) {
        const store = await lab.store();
        const record = makeRecord(7);
        await store.put(KEY, record);
        const result = await store.store.compareAndSet(KEY, null, null);
        equal(Boolean(result), false, 'compareAndSet(key, null, null) over a record must return false');
        await requireRecord(store, KEY, record, 'After compareAndSet(key, null, null)');
      },
    },
    {
      title: 'creates a record again under a key whose record was deleted',
      async check(lab) {
        const store = await lab.store();
        await store.put(KEY, makeRecord(7));
        await store.delete(KEY, 7);
        const record = makeRecord(3);
        equal(await store.create(KEY, record), true, 'Creating after a deletion must return true');
        await requireRecord(store, KEY, record, 'After it was created again');
      },
    },
  ];
}
