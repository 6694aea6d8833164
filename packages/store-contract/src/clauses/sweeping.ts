import { deepEqual, equal, ok } from 'node:assert/strict';
import type { Clause } from '../clause.ts';
import type { Probe } from '../probe.ts';
import { inHours, KEY, makeRecord, requireAbsent, requireRecord } from '../record.ts';

/** Out of order, so that the order of arrival is not the order of expiry. */
const AGES = [40, 10, 70, 30, 90, 20, 60, 100, 50, 80];

/** Lists the clauses about `sweep`. A store without that method passes all of them. */
export function sweeping(): readonly Clause[] {
  return [
    {
      title: 'sweeps what expired at or before the given time, and nothing later',
      async check(lab) {
        const store = await lab.store();
        const now = inHours(24);
        const deadlines = { before: now - 1, at: now, after: now + 1 };
        for (const [key, deadline] of Object.entries(deadlines))
          await store.put(key, makeRecord(1, key, deadline));
        if (!(await sweep(store, now, 100))) return;
        await requireAbsent(store, 'before', 'After a sweep one millisecond after its deadline');
        await requireAbsent(store, 'at', 'After a sweep exactly at its deadline');
        const left = makeRecord(1, 'after', deadlines.after);
        await requireRecord(store, 'after', left, 'After a sweep one millisecond before its deadline');
      },
    },
    {
      title: 'sweeps as many records as the limit allows, if enough have expired',
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
            `A sweep with limit ${limit} must leave ${left} records`,
          );
        }
      },
    },
    {
      title: 'sweeps those that expired longest ago first',
      async check(lab) {
        const store = await lab.store();
        const now = await putAged(store);
        for (const limit of [2, 3]) {
          const before = await agesLeft(store);
          if (!(await sweep(store, now, limit))) return;
          const after = await agesLeft(store);
          const removed = before.filter((age) => !after.includes(age));
          const why = `of records expired for ${before.join(', ')} ms, sweep removed those expired for ${removed.join(', ')} ms`;
          ok(Math.min(...removed) > Math.max(...after, 0), why);
        }
      },
    },
    {
      title: 'returns how many records a sweep removed',
      async check(lab) {
        const store = await lab.store();
        const now = await putAged(store);
        if (store.store.sweep === undefined) return;
        const returned: number[] = [];
        const removed: number[] = [];
        for (const limit of [3, 4, 100, 100]) {
          const before = (await agesLeft(store)).length;
          returned.push(Number(await store.store.sweep(now, limit)));
          removed.push(before - (await agesLeft(store)).length);
        }
        deepEqual(returned, removed, 'sweep must return how many records it removed');
      },
    },
    {
      title: 'sweeps by the deadline of the last write',
      async check(lab) {
        const store = await lab.store();
        const now = inHours(24);
        await store.put('later', makeRecord(1, 'first', now - 1));
        const later = makeRecord(2, 'extended', now + 1);
        await store.replace('later', 1, later);
        await store.put('sooner', makeRecord(1, 'first', now + 1));
        await store.replace('sooner', 1, makeRecord(2, 'shortened', now - 1));
        if (!(await sweep(store, now, 100))) return;
        await requireRecord(store, 'later', later, 'After a sweep past its first deadline');
        await requireAbsent(store, 'sooner', 'After a sweep past its last deadline');
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
        await requireRecord(neighbour, KEY, record, 'After its neighbour was swept');
      },
    },
  ];
}

/** Sweeps. Resolves to whether the store has that method. */
async function sweep({ store }: Probe, now: number, limit: number): Promise<boolean> {
  if (store.sweep === undefined) return false;
  await store.sweep(now, limit);
  return true;
}

/** Creates records and returns a time at which they have been expired for `AGES` milliseconds. */
async function putAged(store: Probe): Promise<number> {
  // A day ahead, so that a store with its own clock has not dropped any of them.
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
