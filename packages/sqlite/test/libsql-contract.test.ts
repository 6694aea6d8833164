import type { SessionStore } from '@coatcheck/core';
import { testStoreContract } from '@coatcheck/store-contract';
import type { Client } from '@libsql/client';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { type LibsqlStore, libsqlStore } from '../src/libsql/index.ts';
import { makeDirectory } from './support/directory.ts';
import { HranaServer } from './support/hrana-server.ts';
import { libsqlAt } from './support/libsql.ts';

const directory = makeDirectory();
let server: HranaServer;
beforeAll(async () => {
  server = await HranaServer.start(directory.path());
});
afterAll(async () => {
  await server.stop();
  directory.remove();
});

const file = `file:${directory.path()}`;

describe.each([
  ['a file', () => file, true],
  // Between processes, this would mainly test the server, which is a part of the tests.
  ['a server over HTTP', () => server.url, false],
])('with a client of libSQL for %s', (_name, url, isShared) => {
  const tables = new WeakMap<SessionStore, string>();
  let client: Client;
  let count = 0;
  beforeAll(() => {
    client = libsqlAt(url());
  });
  afterAll(() => client.close());
  const open = (table: string): LibsqlStore => {
    const store = libsqlStore(client, { table });
    tables.set(store, table);
    return store;
  };
  testStoreContract(
    { describe, it },
    {
      createStore: () => open(`sessions_${++count}`),
      // The name of the first store followed by `_`, a wildcard of LIKE.
      createNeighbour: (store) => open(`${tables.get(store)}_`),
      createBrokenStore() {
        const closed = libsqlAt(url());
        closed.close();
        return libsqlStore(closed);
      },
      ...(isShared && {
        openElsewhere: (store: SessionStore) => ({
          module: new URL('./support/libsql.ts', import.meta.url),
          argument: JSON.stringify([url(), tables.get(store)]),
          execArgv: ['--conditions=@coatcheck/source'],
        }),
      }),
    },
  );
});
