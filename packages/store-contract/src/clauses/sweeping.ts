import { deepEqual, equal, ok } from 'node:assert/strict';
import type { Clause } from '../clause.ts';
import type { Probe } from '../probe.ts';
import { demandAbsent, demandRecord, inHours, KEY, makeRecord } from '../record.ts';

/** Out of order, so that the order of arrival is not the order of expiry. */
const AGES = [40, 10, 70, 30, 90, 20, 60, 100, 50, 80];

/** Lists the clauses about `sweep`. A store without it keeps them all. */
export function sweeping(): readonly Clause[] {
  return [
    {
      title: 'sweeps what has expired at the given moment or before, and nothing later',
      async check(lab) {
        const store = await lab.store();
        const now = inHours(24);
        const moments = { before: now - 1, at: now, after: now + 1 };
        for (const [key, moment] of Object.entries(moments)) await store.put(key, makeRecord(1, key, moment));
        if (!(await sweep(store, now, 100))) return;
        await demandAbsent(store, 'before', 'After a sweep a millisecond later');
        await demandAbsent(store, 'at', 'After a sweep at its very moment');
        const left = makeRecord(1, 'after', moments.after);
        await demandRecord(store, 'after', left, 'After a sweep a millisecond earlier');
      },
    },
    {
      title: 'sweeps as many records as the limit says, where so many have expired',
      async check(lab) {
        const store = await lab.store();
        const now = await putAged(store);
        for (const [limit, left] of [
          [1, 9],
          [4, 5],
          [3, 2],
          [3, 0],
          [3, 0],
        ] as const) {
          if (!(await sweep(store, now, limit))) return;
          equal(
            (await agesLeft(store)).length,
            left,
            `A sweep with the limit ${limit} must leave ${left} records`,
          );
        }
      },
    },
    {
      title: 'sweeps those longest expired first',
      async check(lab) {
        const store = await lab.store();
        const now = await putAged(store);
        for (const limit of [2, 3]) {
          const before = await agesLeft(store);
          if (!(await sweep(store, now, limit))) return;
          const after = await agesLeft(store);
          const gone = before.filter((age) => !after.includes(age));
          const why = `of records expired for ${before.join(', ')} ms those for ${gone.join(', ')} ms went`;
          ok(Math.min(...gone) > Math.max(...after, 0), why);
        }
      },
    },
    {
      title: 'says how many records a sweep removed',
      async check(lab) {
        const store = await lab.store();
        const now = await putAged(store);
        if (store.store.sweep === undefined) return;
        const said: number[] = [];
        const went: number[] = [];
        for (const limit of [3, 4, 100, 100]) {
          const before = (await agesLeft(store)).length;
          said.push(Number(await store.store.sweep(now, limit)));
          went.push(before - (await agesLeft(store)).length);
        }
        deepEqual(said, went, 'sweep must say how many records went');
      },
    },
    {
      title: 'sweeps by the moment of the last write',
      async check(lab) {
        const store = await lab.store();
        const now = inHours(24);
        await store.put('later', makeRecord(1, 'first', now - 1));
        const later = makeRecord(2, 'moved on', now + 1);
        await store.replace('later', 1, later);
        await store.put('sooner', makeRecord(1, 'first', now + 1));
        await store.replace('sooner', 1, makeRecord(2, 'moved back', now - 1));
        if (!(await sweep(store, now, 100))) return;
        await demandRecord(store, 'later', later, 'After its first moment was swept');
        await demandAbsent(store, 'sooner', 'After its last moment was swept');
      },
    },
    {
      title: 'sweeps no record of another prefix or table',
      async check(lab) {
        const store = await lab.store();
        const neighbour = await lab.neighbour(store);
        const now = inHours(24);
        const record = makeRecord(1, 'of the neighbour', now - 1);
        await neighbour.put(KEY, record);
        if (!(await sweep(store, now, 100))) return;
        await demandRecord(neighbour, KEY, record, 'After the store beside it was swept');
      },
    },
  ];
}

/** Sweeps, and says whether the store has that method. */
async function sweep({ store }: Probe, now: number, limit: number): Promise<boolean> {
  if (store.sweep === undefined) return false;
  await store.sweep(now, limit);
  return true;
}

/** Creates records that have been expired for so many milliseconds at the moment that it returns. */
async function putAged(store: Probe): Promise<number> {
  // A day ahead, so that no clock of the store's own has dropped any of them.
  const now = inHours(24);
  for (const age of AGES) await store.put(`aged-${age}`, makeRecord(1, 'aged', now - age));
  return now;
}

async function agesLeft(store: Probe): Promise<number[]> {
  const left: number[] = [];
  for (const age of AGES) {
    if ((await store.read(`aged-${age}`)) !== undefined) left.push(age);
  }
  return left;
}
