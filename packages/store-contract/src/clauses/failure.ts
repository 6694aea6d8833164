import { ok } from 'node:assert/strict';
import type { Awaitable } from '@coatcheck/core';
import type { Clause } from '../clause.ts';
import type { StoreFactory } from '../factory.ts';
import { KEY, makeRecord } from '../record.ts';

/** Lists the clauses about a database that cannot answer. */
export function failure(factory: StoreFactory): readonly Clause[] {
  if (factory.createBrokenStore === undefined) return [plainValues];
  return [
    {
      title: 'rejects a read that failed, and never answers it as absent',
      async check(lab) {
        const store = await lab.brokenStore();
        await demandFailure('read', () => store.read(KEY));
      },
    },
    {
      title: 'rejects a write that failed, and never answers it as lost',
      async check(lab) {
        const store = await lab.brokenStore();
        await demandFailure('Creating', () => store.compareAndSet(KEY, null, makeRecord(1)));
        await demandFailure('Replacing', () => store.compareAndSet(KEY, 1, makeRecord(2)));
        await demandFailure('Deleting', () => store.compareAndSet(KEY, 1, null));
      },
    },
    {
      title: 'rejects a sweep that failed',
      async check(lab) {
        const store = await lab.brokenStore();
        if (store.sweep === undefined) return;
        await demandFailure('sweep', async () => store.sweep?.(Date.now(), 10));
      },
    },
    {
      title: 'rejects a clear that failed',
      async check(lab) {
        const store = await lab.brokenStore();
        if (store.clear === undefined) return;
        await demandFailure('clear', async () => store.clear?.());
      },
    },
  ];
}

/** Holds a store that claims to have nothing that could fail to what follows from it. */
const plainValues: Clause = {
  title: 'answers with plain values, since there is no database that could fail (no createBrokenStore)',
  async check(lab) {
    const { store } = await lab.store();
    const given: unknown[] = [
      store.read(KEY),
      store.compareAndSet(KEY, null, makeRecord(1)),
      store.read(KEY),
    ];
    ok(
      !given.some(isThenable),
      'A store that answers with promises has something that can fail: give createBrokenStore',
    );
  },
};

function isThenable(answer: unknown): boolean {
  return typeof answer === 'object' && answer !== null && 'then' in answer;
}

/** Demands that a call throws or rejects. */
async function demandFailure(what: string, call: () => Awaitable<unknown>): Promise<void> {
  let answer: unknown;
  try {
    answer = await call();
  } catch {
    return;
  }
  ok(false, `${what} must reject while the database cannot answer; it answered ${String(answer)}`);
}
