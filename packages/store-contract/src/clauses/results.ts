import { equal, ok } from 'node:assert/strict';
import type { Clause } from '../clause.ts';
import { inHours, KEY, makeRecord } from '../record.ts';

/** Lists the clauses about the types of results. A plain value and a promise are equally valid. */
export function results(): readonly Clause[] {
  return [
    {
      title: 'returns undefined from read, or a record with the right types',
      async check(lab) {
        const { store } = await lab.store();
        const absent: unknown = await store.read(KEY);
        equal(absent, undefined, 'read must return undefined for an absent record');
        await store.compareAndSet(KEY, null, makeRecord(7));
        const found: unknown = await store.read(KEY);
        ok(typeof found === 'object' && found !== null, 'read must return an object for a record');
        const { version, expiresAt, body }: { version?: unknown; expiresAt?: unknown; body?: unknown } =
          found;
        equal(typeof version, 'number', 'version must be a number');
        equal(typeof expiresAt, 'number', 'expiresAt must be a number');
        equal(typeof body, 'string', 'body must be a string');
      },
    },
    {
      title: 'returns true or false from compareAndSet',
      async check(lab) {
        const { store } = await lab.store();
        const returned: unknown[] = [
          await store.compareAndSet(KEY, null, makeRecord(1)),
          await store.compareAndSet(KEY, 1, makeRecord(2)),
          await store.compareAndSet(KEY, 1, makeRecord(3)),
          await store.compareAndSet(KEY, 1, null),
          await store.compareAndSet(KEY, 2, null),
        ];
        for (const result of returned) {
          equal(
            typeof result,
            'boolean',
            `compareAndSet must return a boolean; it returned ${String(result)}`,
          );
        }
      },
    },
    {
      title: 'returns a whole number from sweep, if it has that method',
      async check(lab) {
        const { store } = await lab.store();
        await store.compareAndSet(KEY, null, makeRecord(1));
        for (const now of [inHours(0), inHours(2)]) {
          const removed: unknown = (await store.sweep?.(now, 10)) ?? (store.sweep ? undefined : 0);
          ok(
            Number.isSafeInteger(removed),
            `sweep must return a whole number; it returned ${String(removed)}`,
          );
        }
      },
    },
  ];
}
