import assert from 'node:assert/strict';
import { sqliteStore } from '@coatcheck/sqlite';
import Database from 'better-sqlite3';

const database = new Database(':memory:');
const store = sqliteStore(database);
const record = { version: 1, expiresAt: Date.now() + 60_000, body: '{"text":"päivä"}' };
assert.equal(await store.compareAndSet('key', null, record), true);
assert.equal(await store.compareAndSet('key', null, record), false);
assert.deepEqual(await store.read('key'), record);
assert.equal(await store.compareAndSet('key', 1, null), true);
assert.equal(await store.read('key'), undefined);
database.close();
