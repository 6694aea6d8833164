import { memoryStore } from '@coatcheck/core';
import { NEWEST_DATE, startWorker } from '@coatcheck/runtimes/worker-runtime';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listClauses } from './support/clauses.ts';

const FILE = new URL('./support/contract-worker.ts', import.meta.url);

/** Each clause runs in workerd; here only their titles are listed. */
const titles = listClauses({
  createStore: () => memoryStore(),
  createNeighbour: () => memoryStore(),
  createBrokenStore: () => memoryStore(),
}).map(({ title }, index) => ({ title, index }));

let worker: Awaited<ReturnType<typeof startWorker>>;
let origin = '';

beforeAll(async () => {
  worker = await startWorker(FILE, NEWEST_DATE, {
    compatibilityFlags: ['nodejs_compat'],
    d1Databases: { DB: 'contract' },
    durableObjects: {
      SESSIONS: { className: 'SessionObject', useSQLite: true },
      BROKEN: { className: 'BrokenObject', useSQLite: true },
    },
  });
  origin = (await worker.ready).origin;
}, 120_000);
afterAll(() => worker.dispose());

describe.each(['d1', 'durable-object'])('in workerd, %s keeps the session store contract', (store) => {
  it.each(titles)(
    '$title',
    async ({ title, index }) => {
      // workerd may close a connection after a clause that took long, just when the next request is sent on it.
      const response = await fetch(`${origin}/${store}/${index}`, { headers: { connection: 'close' } });
      expect(await response.text()).toBe(title);
    },
    120_000,
  );
});
