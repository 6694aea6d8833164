import { equal } from 'node:assert/strict';
import type { Clause } from '../clause.ts';
import { demandAbsent, demandRecord, KEY, makeRecord } from '../record.ts';

/** Lists the clauses about which version a write needs. */
export function comparing(): readonly Clause[] {
  return [
    {
      title: 'answers undefined for a key that holds no record',
      async check(lab) {
        const store = await lab.store();
        await demandAbsent(store, KEY, 'In an empty store');
        await store.put(KEY, makeRecord(1));
        await demandAbsent(store, `${KEY}x`, 'Beside a record under another key');
      },
    },
    {
      title: 'creates a record where there is none',
      async check(lab) {
        const store = await lab.store();
        const record = makeRecord(1);
        equal(await store.create(KEY, record), true, 'Creating where there is no record must answer true');
        await demandRecord(store, KEY, record, 'After it was created');
      },
    },
    {
      title: 'does not create over a record, and leaves it as it was',
      async check(lab) {
        const store = await lab.store();
        const record = makeRecord(7);
        await store.put(KEY, record);
        equal(await store.create(KEY, makeRecord(8)), false, 'Creating over a record must answer false');
        await demandRecord(store, KEY, record, 'After a creation that lost');
      },
    },
    {
      title: 'replaces the record of the expected version',
      async check(lab) {
        const store = await lab.store();
        await store.put(KEY, makeRecord(7));
        const next = makeRecord(1_048_583, 'another body', makeRecord(7).expiresAt + 60_000);
        equal(await store.replace(KEY, 7, next), true, 'Replacing the expected version must answer true');
        await demandRecord(store, KEY, next, 'After it was replaced');
      },
    },
    {
      title: 'does not replace a record of another version, and leaves it as it was',
      async check(lab) {
        const store = await lab.store();
        const record = makeRecord(7);
        await store.put(KEY, record);
        for (const other of [6, 8, 70]) {
          const answer = await store.replace(KEY, other, makeRecord(100));
          equal(answer, false, `Replacing version ${other} of a record at version 7 must answer false`);
          await demandRecord(store, KEY, record, 'After a replacement that lost');
        }
      },
    },
    {
      title: 'does not replace where there is no record, and creates none',
      async check(lab) {
        const store = await lab.store();
        equal(await store.replace(KEY, 1, makeRecord(2)), false, 'Replacing nothing must answer false');
        await demandAbsent(store, KEY, 'After a replacement of nothing');
      },
    },
    {
      title: 'deletes the record of the expected version',
      async check(lab) {
        const store = await lab.store();
        await store.put(KEY, makeRecord(7));
        equal(await store.delete(KEY, 7), true, 'Deleting the expected version must answer true');
        await demandAbsent(store, KEY, 'After it was deleted');
      },
    },
    {
      title: 'does not delete a record of another version',
      async check(lab) {
        const store = await lab.store();
        const record = makeRecord(7);
        await store.put(KEY, record);
        for (const other of [6, 8]) {
          const answer = await store.delete(KEY, other);
          equal(answer, false, `Deleting version ${other} of a record at version 7 must answer false`);
          await demandRecord(store, KEY, record, 'After a deletion that lost');
        }
      },
    },
    {
      title: 'does not delete where there is no record, and says so',
      async check(lab) {
        const store = await lab.store();
        equal(await store.delete(KEY, 1), false, 'Deleting nothing must answer false');
      },
    },
    {
      title: 'leaves a record alone where none was expected and none is to be written',
      async check(lab) {
        const store = await lab.store();
        const record = makeRecord(7);
        await store.put(KEY, record);
        const answer = await store.store.compareAndSet(KEY, null, null);
        equal(Boolean(answer), false, 'compareAndSet(key, null, null) over a record must answer false');
        await demandRecord(store, KEY, record, 'After compareAndSet(key, null, null)');
      },
    },
    {
      title: 'creates a record anew under a key whose record was deleted',
      async check(lab) {
        const store = await lab.store();
        await store.put(KEY, makeRecord(7));
        await store.delete(KEY, 7);
        const record = makeRecord(3);
        equal(await store.create(KEY, record), true, 'Creating after a deletion must answer true');
        await demandRecord(store, KEY, record, 'After it was created anew');
      },
    },
  ];
}
