import { ok } from 'node:assert/strict';
import type { Awaitable } from '@coatcheck/core';
import type { Clause } from '../clause.ts';
import type { StoreFactory } from '../factory.ts';
import { KEY, makeRecord } from '../record.ts';

/** Lists the clauses about a database that cannot respond. */
export function failure(factory: StoreFactory): readonly Clause[] {
  if (factory.createBrokenStore === undefined) return [plainValues];
  return [
    {
      title: 'rejects a failed read, and never reports it as an absent record',
      async check(lab) {
        const store = await lab.brokenStore();
        await requireFailure('read', () => store.read(KEY));
      },
    },
    {
      title: 'rejects a failed write, and never reports it as a lost comparison',
      async check(lab) {
        const store = await lab.brokenStore();
        await requireFailure('Creating', () => store.compareAndSet(KEY, null, makeRecord(1)));
        await requireFailure('Replacing', () => store.compareAndSet(KEY, 1, makeRecord(2)));
        await requireFailure('Deleting', () => store.compareAndSet(KEY, 1, null));
      },
    },
    {
      title: 'rejects a failed sweep',
      async check(lab) {
        const store = await lab.brokenStore();
        if (store.sweep === undefined) return;
        await requireFailure('sweep', async () => store.sweep?.(Date.now(), 10));
      },
    },
    {
      title: 'rejects a failed clear',
      async check(lab) {
        const store = await lab.brokenStore();
        if (store.clear === undefined) return;
        await requireFailure('clear', async () => store.clear?.());
      },
    },
  ];
}

/** Checks a store that, by leaving out createBrokenStore, claims that nothing can fail. */
const plainValues: Clause = {
  title: 'returns plain values, because no database can fail (no createBrokenStore)',
  async check(lab) {
    const { store } = await lab.store();
    const returned: unknown[] = [
      store.read(KEY),
      store.compareAndSet(KEY, null, makeRecord(1)),
      store.read(KEY),
    ];
    ok(
      !returned.some(isThenable),
      'A store that returns promises can fail, so the factory must have createBrokenStore',
    );
  },
};

function isThenable(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'then' in value;
}

/** Requires that a call throws or rejects. */
async function requireFailure(what: string, call: () => Awaitable<unknown>): Promise<void> {
  let result: unknown;
  try {
    result = await call();
  } catch {
    return;
  }
  ok(false, `${what} must reject while the database cannot respond; it returned ${String(result)}`);
}
