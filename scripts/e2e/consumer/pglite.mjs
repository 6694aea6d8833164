// PGlite, which is PostgreSQL in the process, and the shapes of the clients that need a server.

import assert from 'node:assert/strict';
import { postgresStore } from '@coatcheck/postgres';
import { PGlite } from '@electric-sql/pglite';
import pg from 'pg';
import postgres from 'postgres';

const database = await PGlite.create();
const store = postgresStore(database, { queryTimeout: 30_000 });
const record = { version: 1, expiresAt: Date.now() + 60_000, body: '{"text":"päivä"}' };
assert.equal(await store.compareAndSet('key', null, record), true);
assert.equal(await store.compareAndSet('key', null, record), false);
assert.deepEqual(await store.read('key'), record);
assert.equal(await store.compareAndSet('key', 1, null), true);
assert.equal(await store.read('key'), undefined);
await database.close();

for (const client of [new pg.Pool(), new pg.Client(), postgres({ fetch_types: false })])
  postgresStore(client);
