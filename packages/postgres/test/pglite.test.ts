import type { SessionStore } from '@coatcheck/core';
import { testStoreContract } from '@coatcheck/store-contract';
import { PGlite } from '@electric-sql/pglite';
import { afterAll, describe, expect, it } from 'vitest';
import { postgresStore } from '../src/postgres-store.ts';

const database = await PGlite.create();
// Closing shows what a store over a closed one does.
afterAll(async () => {
  await database.close();
  await expect(postgresStore(database).read('key')).rejects.toThrow('PGlite is closed');
}, 60_000);

const tables = new WeakMap<SessionStore, string>();
let count = 0;

function openStore(table: string): SessionStore {
  const store = postgresStore(database, { table });
  tables.set(store, table);
  return store;
}

describe('PGlite', () => {
  testStoreContract(
    { describe, it },
    {
      createStore: () => openStore(`sessions_${++count}`),
      // A wildcard of LIKE in the place of nothing.
      createNeighbour: (store) => openStore(`${tables.get(store)}_`),
      createBrokenStore: () => postgresStore(database, { table: 'not_there', createTable: false }),
    },
  );
});
