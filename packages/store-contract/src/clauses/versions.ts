import { equal } from 'node:assert/strict';
import type { Clause } from '../clause.ts';
import { KEY, makeRecord, requireAbsent, requireRecord } from '../record.ts';

const MAX = Number.MAX_SAFE_INTEGER;

/** Lists the clauses about versions: integers from 1 to 2^53 - 1. */
export function versions(): readonly Clause[] {
  return [
    {
      title: 'keeps versions up to 2^53 - 1 exactly',
      async check(lab) {
        const store = await lab.store();
        let expected: number | null = null;
        for (const version of [1, 2 ** 31 - 1, 2 ** 31, 2 ** 32 + 1, 2 ** 52 + 1, MAX - 1, MAX]) {
          const next = makeRecord(version);
          const won: unknown = await store.store.compareAndSet(KEY, expected, next);
          equal(Boolean(won), true, `Writing version ${version} over ${expected} must return true`);
          await requireRecord(store, KEY, next, `After version ${version} was written`);
          expected = version;
        }
      },
    },
    {
      title: 'distinguishes versions near 2^53',
      async check(lab) {
        const store = await lab.store();
        const record = makeRecord(MAX - 1);
        await store.put(KEY, record);
        for (const other of [MAX, MAX - 2]) {
          equal(
            await store.replace(KEY, other, makeRecord(MAX)),
            false,
            `Version ${other} must not match ${MAX - 1}`,
          );
          equal(await store.delete(KEY, other), false, `Version ${other} must not match ${MAX - 1}`);
        }
        await requireRecord(store, KEY, record, 'After writes that failed');
        equal(await store.delete(KEY, MAX - 1), true, 'Deleting the expected version must return true');
        await requireAbsent(store, KEY, 'After it was deleted');
      },
    },
  ];
}
