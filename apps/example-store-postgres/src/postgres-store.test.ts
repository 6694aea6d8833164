import type { SessionStore } from '@coatcheck/core';
import { testStoreContract } from '@coatcheck/store-contract';
import { PGlite } from '@electric-sql/pglite';
import { afterAll, describe, it } from 'vitest';
import { postgresStore, sessionTable } from './postgres-store.ts';

const database = await PGlite.create();
afterAll(() => database.close());

const tables = new WeakMap<SessionStore, string>();
let count = 0;

async function openStore(table: string): Promise<SessionStore> {
  await database.exec(sessionTable(table));
  const store = postgresStore(database, table);
  tables.set(store, table);
  return store;
}

testStoreContract(
  { describe, it },
  {
    createStore: () => openStore(`sessions_${++count}`),
    createNeighbour: (store) => openStore(`${tables.get(store)}_`),
    createBrokenStore: () => postgresStore(database, 'no_such_table'),
  },
);
