import { equal } from 'node:assert/strict';
import type { Clause } from '../clause.ts';
import { KEY, makeRecord, requireAbsent, requireRecord } from '../record.ts';

/** Lists the clauses about stores that share a database, about `clear` and about `close`. A store without one of these methods passes its clauses. */
export function separation(): readonly Clause[] {
  return [
    {
      title: 'keeps its records apart from those of another prefix or table',
      async check(lab) {
        const store = await lab.store();
        const neighbour = await lab.neighbour(store);
        const ours = makeRecord(1, 'ours');
        const theirs = makeRecord(2, 'theirs');
        await store.put(KEY, ours);
        await requireAbsent(neighbour, KEY, 'In the neighbour');
        equal(await neighbour.create(KEY, theirs), true, 'The same key must be free in the neighbour');
        await requireRecord(store, KEY, ours, 'After the same key was written in the neighbour');
        await requireRecord(neighbour, KEY, theirs, 'In the neighbour');
      },
    },
    {
      title: 'clears every record',
      async check(lab) {
        const store = await lab.store();
        if (store.store.clear === undefined) return;
        const keys = Array.from({ length: 300 }, (_, at) => `${KEY}-${at}`);
        for (const key of keys) await store.put(key, makeRecord(1));
        await store.store.clear();
        for (const key of keys) await requireAbsent(store, key, 'After clear');
        const record = makeRecord(1, 'new');
        await store.put(KEY, record);
        await requireRecord(store, KEY, record, 'Created after clear');
      },
    },
    {
      title: 'clears no record of another prefix or table',
      async check(lab) {
        const store = await lab.store();
        if (store.store.clear === undefined) return;
        const neighbour = await lab.neighbour(store);
        const record = makeRecord(1, 'of the neighbour');
        await neighbour.put(KEY, record);
        await store.store.clear();
        await requireRecord(neighbour, KEY, record, 'After its neighbour was cleared');
      },
    },
    {
      title: 'closes without closing its neighbour',
      async check(lab) {
        const store = await lab.store();
        if (store.store.close === undefined) return;
        const neighbour = await lab.neighbour(store);
        const record = makeRecord(1, 'of the neighbour');
        await neighbour.put(KEY, record);
        await store.store.close();
        await requireRecord(neighbour, KEY, record, 'After its neighbour was closed');
      },
    },
  ];
}
