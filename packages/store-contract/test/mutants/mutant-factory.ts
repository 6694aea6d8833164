import type { SessionStore } from '@coatcheck/core';
import type { StoreFactory } from '../../src/factory.ts';
import type { Parts } from './mutant.ts';
import { recordsOf, referenceDatabase, referenceStore } from './reference-store.ts';

/** Creates stores of one kind. A store and its neighbour share a database of their own. */
export function mutantFactory(make: (parts: Parts) => SessionStore): StoreFactory {
  const databases = new WeakMap<SessionStore, ReturnType<typeof referenceDatabase>>();
  const open = (table: string, database = referenceDatabase()): SessionStore => {
    const store = make({
      store: referenceStore(database, table),
      records: () => recordsOf(database, table),
      table,
      database,
    });
    databases.set(store, database);
    return store;
  };
  return {
    createStore: () => open('shop:'),
    createNeighbour: (store) => open('shop:eu:', databases.get(store)),
    createBrokenStore() {
      const database = referenceDatabase();
      const store = open('shop:', database);
      database.isDown = true;
      return store;
    },
  };
}
