import { statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, describe, expect, it } from 'vitest';
import { type SqliteStore, sqliteStore } from './index.ts';
import { makeDirectory } from './test/directory.ts';

const directory = makeDirectory();
afterAll(() => directory.remove());

const EXPIRED = 500;

describe('a sweep', () => {
  it('removes as many as the limit says in slices, and the longest expired first', async () => {
    const store = filled(sqliteStore(':memory:'));
    expect(await store.sweep(EXPIRED, 101)).toBe(101);
    expect(agesLeft(store)).toEqual(Array.from({ length: EXPIRED - 101 }, (_, at) => at + 102));
    expect(await store.sweep(EXPIRED, 100_000)).toBe(EXPIRED - 101);
    expect(await store.sweep(EXPIRED, 100_000)).toBe(0);
  });

  it('lets the event loop run on after every few records', async () => {
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

  it('takes writes while it runs, also of a record that it would have removed', async () => {
    const store = filled(sqliteStore(':memory:'));
    const sweeping = store.sweep(EXPIRED, EXPIRED);
    const moved = { version: 2, expiresAt: EXPIRED + 1, body: 'moved on' };
    expect(store.compareAndSet(`key-${EXPIRED}`, 1, moved)).toBe(true);
    expect(await sweeping).toBe(EXPIRED - 1);
    expect(store.read(`key-${EXPIRED}`)).toEqual(moved);
  });

  it('keeps the write-ahead log short, so that no checkpoint has much to do', async () => {
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

  it('rejects where a transaction was opened while it ran', async () => {
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
