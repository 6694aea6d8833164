import { equal, ok } from 'node:assert/strict';
import type { Clause } from '../clause.ts';
import { inHours, KEY, makeRecord } from '../record.ts';

/** Lists the clauses about the types of answers. A plain value and a promise of it are equally right. */
export function answers(): readonly Clause[] {
  return [
    {
      title: 'answers read with undefined, or with a record of the right types',
      async check(lab) {
        const { store } = await lab.store();
        const absent: unknown = await store.read(KEY);
        equal(absent, undefined, 'read of an absent record must give undefined');
        await store.compareAndSet(KEY, null, makeRecord(7));
        const found: unknown = await store.read(KEY);
        ok(typeof found === 'object' && found !== null, 'read of a record must give an object');
        const { version, expiresAt, body }: { version?: unknown; expiresAt?: unknown; body?: unknown } =
          found;
        equal(typeof version, 'number', 'version must be a number');
        equal(typeof expiresAt, 'number', 'expiresAt must be a number');
        equal(typeof body, 'string', 'body must be a string');
      },
    },
    {
      title: 'answers compareAndSet with true or false',
      async check(lab) {
        const { store } = await lab.store();
        const given: unknown[] = [
          await store.compareAndSet(KEY, null, makeRecord(1)),
          await store.compareAndSet(KEY, 1, makeRecord(2)),
          await store.compareAndSet(KEY, 1, makeRecord(3)),
          await store.compareAndSet(KEY, 1, null),
          await store.compareAndSet(KEY, 2, null),
        ];
        for (const answer of given) {
          equal(
            typeof answer,
            'boolean',
            `compareAndSet must answer with a boolean; it gave ${String(answer)}`,
          );
        }
      },
    },
    {
      title: 'answers sweep, where it has one, with a whole number',
      async check(lab) {
        const { store } = await lab.store();
        await store.compareAndSet(KEY, null, makeRecord(1));
        for (const now of [inHours(0), inHours(2)]) {
          const gone: unknown = (await store.sweep?.(now, 10)) ?? (store.sweep ? undefined : 0);
          ok(Number.isSafeInteger(gone), `sweep must answer with a whole number; it gave ${String(gone)}`);
        }
      },
    },
  ];
}
