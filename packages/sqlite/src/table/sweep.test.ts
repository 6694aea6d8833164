import { statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, describe, expect, it } from 'vitest';
import { makeDirectory } from '../../test/support/directory.ts';
import { readValue } from '../connection/connection.ts';
import { type SqliteStore, sqliteStore } from '../index.ts';

const directory = makeDirectory();
afterAll(() => directory.remove());

const EXPIRED = 500;

describe('a sweep', () => {
  it('removes up to the limit, those that expired longest ago first', async () => {
    const store = filled(sqliteStore(':memory:'));
    expect(await store.sweep(EXPIRED, 101)).toBe(101);
    expect(agesLeft(store)).toEqual(Array.from({ length: EXPIRED - 101 }, (_, at) => at + 102));
    expect(await store.sweep(EXPIRED, 100_000)).toBe(EXPIRED - 101);
    expect(await store.sweep(EXPIRED, 100_000)).toBe(0);
  });

  it('finds expired records behind any number of records that were used since', async () => {
    const store = filled(sqliteStore(':memory:'));
    const used = { version: 2, expiresAt: EXPIRED + 1, body: 'used' };
    for (let age = 1; age <= EXPIRED - 20; age += 1) store.compareAndSet(`key-${age}`, 1, used);
    expect(await store.sweep(EXPIRED, 7)).toBe(7);
    expect(await store.sweep(EXPIRED, EXPIRED)).toBe(13);
    expect(agesLeft(store).length).toBe(EXPIRED - 20);
    expect(await store.sweep(EXPIRED + 1, EXPIRED)).toBe(EXPIRED - 20);
  });

  it('lets the event loop run after every few records', async () => {
    const store = filled(sqliteStore(':memory:'));
    const seen: number[] = [];
    let isSweeping = true;
    const look = (): void => {
      seen.push(agesLeft(store).length);
      if (isSweeping) setImmediate(look);
    };
    setImmediate(look);
    await store.sweep(EXPIRED, EXPIRED);
    isSweeping = false;
    const steps = seen.slice(1).map((left, at) => (seen[at] ?? 0) - left);
    expect(Math.max(...steps)).toBeLessThanOrEqual(32);
  });

  it('visits a record once for each deadline, however often it was written', async () => {
    const database = new DatabaseSync(':memory:');
    const store = sqliteStore(database);
    const sweepAt = () => readValue(database, 'SELECT sweep_at FROM coatcheck_sessions');
    store.compareAndSet('key', null, { version: 1, expiresAt: 10, body: 'x' });
    store.compareAndSet('key', 1, { version: 2, expiresAt: 30, body: 'x' });
    store.compareAndSet('key', 2, { version: 3, expiresAt: 40, body: 'x' });
    expect(sweepAt()).toBe(10);
    expect(await store.sweep(10, 5)).toBe(0);
    expect(sweepAt()).toBe(40);
    store.compareAndSet('key', 3, { version: 4, expiresAt: 20, body: 'x' });
    expect(sweepAt()).toBe(20);
    expect(await store.sweep(20, 5)).toBe(1);
  });

  it('accepts writes while it runs, even of a record that it would have removed', async () => {
    const store = filled(sqliteStore(':memory:'));
    const sweeping = store.sweep(EXPIRED, EXPIRED);
    const extended = { version: 2, expiresAt: EXPIRED + 1, body: 'extended' };
    expect(store.compareAndSet(`key-${EXPIRED}`, 1, extended)).toBe(true);
    expect(await sweeping).toBe(EXPIRED - 1);
    expect(store.read(`key-${EXPIRED}`)).toEqual(extended);
  });

  it('keeps the write-ahead log short, so that every checkpoint is small', async () => {
    const path = directory.path();
    const store = filled(sqliteStore(path));
    store.clear();
    const database = new DatabaseSync(path);
    database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    database.close();
    filled(store);
    const filledSize = statSync(`${path}-wal`).size;
    await store.sweep(EXPIRED, EXPIRED);
    expect(statSync(`${path}-wal`).size).toBeLessThanOrEqual(filledSize + 64 * 4096);
    store.close();
  });

  it('rejects if a transaction is opened while it runs', async () => {
    const database = new DatabaseSync(':memory:');
    const store = filled(sqliteStore(database));
    const sweeping = store.sweep(EXPIRED, EXPIRED);
    database.exec('BEGIN');
    await expect(sweeping).rejects.toMatchObject({ code: 'ERR_STORE_UNAVAILABLE' });
    database.exec('ROLLBACK');
    expect(await store.sweep(EXPIRED, EXPIRED)).toBeGreaterThan(0);
  });
});

function filled(store: SqliteStore): SqliteStore {
  // The oldest is written last.
  for (let age = EXPIRED; age >= 1; age -= 1) {
    store.compareAndSet(`key-${age}`, null, { version: 1, expiresAt: age, body: 'x'.repeat(300) });
  }
  return store;
}

function agesLeft(store: SqliteStore): number[] {
  const ages = Array.from({ length: EXPIRED }, (_, at) => at + 1);
  return ages.filter((age) => store.read(`key-${age}`) !== undefined);
}
