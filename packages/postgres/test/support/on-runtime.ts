import { runClauses } from '@coatcheck/runtimes/store-clauses';
import type { StoreFactory } from '@coatcheck/store-contract';
import { postgresStore } from '../../src/postgres-store.ts';
import { makeClient } from './clients.ts';
import type { Address } from './server.ts';

// Runs the store contract over the server at the given address, in any runtime. The prefix keeps the runtimes apart.
const [, , prefix = '', given = ''] = process.argv;
const address: Address = JSON.parse(given);
const opened = await Promise.all(['pg Pool', 'postgres.js'].map((kind) => makeClient(kind, address)));

let count = 0;
await runClauses(
  opened.map(({ client }): StoreFactory => {
    const tables = new WeakMap<object, string>();
    const openStore = (table: string) => {
      const store = postgresStore(client, { table, queryTimeout: 30_000 });
      tables.set(store, table);
      return store;
    };
    return {
      createStore: () => openStore(`${prefix}_${++count}`),
      createNeighbour: (store) => openStore(`${tables.get(store)}_`),
      createBrokenStore: () => postgresStore(client, { table: 'not_there', createTable: false }),
    };
  }),
);
for (const { close } of opened) await close();
