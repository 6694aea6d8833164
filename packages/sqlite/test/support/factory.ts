import type { SessionStore } from '@coatcheck/core';
import type { StoreElsewhere, StoreFactory } from '@coatcheck/store-contract';
import { type SqliteConnection, type SqliteStore, sqliteStore } from '../../src/index.ts';

/** A connection with the `close` that every driver has. */
export interface Closable extends SqliteConnection {
  close(): void;
}

/** Creates stores that open one file by its path, each with its own table. */
export function pathFactory(path: string): StoreFactory {
  const tables = new WeakMap<SessionStore, string>();
  let count = 0;
  const open = (table: string): SqliteStore => {
    const store = sqliteStore(path, { table });
    tables.set(store, table);
    return store;
  };
  return {
    createStore: () => open(`sessions_${++count}`),
    // The name of the first store followed by `_`, a wildcard of LIKE.
    createNeighbour: (store) => open(`${tables.get(store)}_`),
    createBrokenStore() {
      const store = open('broken');
      store.close();
      return store;
    },
    openElsewhere: (store) => elsewhere('path', path, tables.get(store) ?? ''),
  };
}

/** Creates stores over passed connections: one connection for each store, all to one file. */
export function connectionFactory(
  driver: string,
  path: string,
  connect: (path: string) => Closable,
): { factory: StoreFactory; closeAll: () => void } {
  const tables = new WeakMap<SessionStore, string>();
  const connections: Closable[] = [];
  let count = 0;
  const open = (table: string): SqliteStore => {
    const connection = connect(path);
    connections.push(connection);
    const store = sqliteStore(connection, { table, synchronous: 'normal' });
    tables.set(store, table);
    return store;
  };
  const factory: StoreFactory = {
    createStore: () => open(`sessions_${++count}`),
    createNeighbour: (store) => open(`${tables.get(store)}_`),
    createBrokenStore() {
      const store = open('broken');
      connections.pop()?.close();
      return store;
    },
    openElsewhere: (store) => elsewhere(driver, path, tables.get(store) ?? ''),
  };
  return {
    factory,
    closeAll() {
      for (const connection of connections) connection.close();
    },
  };
}

function elsewhere(driver: string, path: string, table: string): StoreElsewhere {
  return {
    module: new URL('./elsewhere.ts', import.meta.url),
    argument: JSON.stringify({ driver, path, table }),
    execArgv: ['--conditions=@coatcheck/source'],
  };
}
