import type { SessionStore } from '@coatcheck/core';
import { testStoreContract } from '@coatcheck/store-contract';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { postgresStore } from '../src/postgres-store.ts';
import { makeClient, type OpenClient } from './support/clients.ts';
import { TestPgBouncer } from './support/pgbouncer.ts';
import { type Address, TestServer } from './support/server.ts';

let server: TestServer;
let bouncer: TestPgBouncer;
let direct: OpenClient;
beforeAll(async () => {
  server = await TestServer.start();
  bouncer = await TestPgBouncer.start(server.address);
  direct = await makeClient('pg Pool', server.address);
}, 60_000);
afterAll(async () => {
  await direct.close();
  await bouncer.stop();
  await server.stop();
});

/** Programs of its own and forty connections are slow on a busy machine, which is not what the clauses are about. */
const PATIENCE = 30_000;
/** Clients with which the clause about several processes is tried, too. It takes seconds, and is about the server. */
const SHARED: ReadonlySet<string> = new Set([
  ...['pg Pool', 'postgres.js', 'pg Pool through PgBouncer in transaction mode'],
]);

let count = 0;

/** Registers the store contract as tests of the store over one kind of client. */
function describeContract(title: string, kind: string, address: () => Address): void {
  const tables = new WeakMap<SessionStore, string>();
  let opened: OpenClient;
  const openStore = (table: string): SessionStore => {
    // A notification does not pass a pooler in transaction mode.
    const listenClient = address() === server.address ? undefined : direct.client;
    const store = postgresStore(opened.client, { table, queryTimeout: PATIENCE, listenClient });
    tables.set(store, table);
    return store;
  };
  describe(title, () => {
    beforeAll(async () => {
      opened = await makeClient(kind, address());
    });
    afterAll(() => opened.close());
    testStoreContract(
      { describe, it },
      {
        createStore: () => openStore(`sessions_${++count}`),
        createNeighbour: (store) => openStore(`${tables.get(store)}_`),
        createBrokenStore: () => postgresStore(opened.client, { table: 'not_there', createTable: false }),
        ...(SHARED.has(title) && {
          openElsewhere: (store: SessionStore) => ({
            module: new URL('./support/open-store.ts', import.meta.url),
            argument: JSON.stringify([kind, address(), { table: tables.get(store), queryTimeout: PATIENCE }]),
            execArgv: ['--conditions=@coatcheck/source'],
          }),
        }),
      },
    );
  });
}

for (const kind of ['pg Pool', 'pg Client', 'postgres.js']) {
  describeContract(kind, kind, () => server.address);
}
// postgres.js needs its `prepare: false` there for whatever it sends.
for (const kind of ['pg Pool', 'pg Client', 'postgres.js with prepare: false']) {
  describeContract(`${kind} through PgBouncer in transaction mode`, kind, () => bouncer.address);
}
