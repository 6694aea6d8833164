import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PostgresStore, postgresStore } from '../src/index.ts';
import { TestServer } from './support/server.ts';

let server: TestServer;
let pool: pg.Pool;
beforeAll(async () => {
  server = await TestServer.start();
  pool = new pg.Pool(server.address);
}, 60_000);
afterAll(async () => {
  await pool.end();
  await server.stop();
});

const NOW = 1_000_000;
let tables = 0;

/** Opens a store with so many records that expired before NOW, the first the longest ago. */
async function openWith(
  expired: number,
): Promise<{ store: PostgresStore; table: string; keys: readonly string[] }> {
  tables += 1;
  const table = `swept_${tables}`;
  const store = postgresStore(pool, { table, queryTimeout: 30_000 });
  await store.ready();
  await pool.query(`
    INSERT INTO ${table} SELECT convert_to('key-' || at, 'UTF8'), 1, ${NOW - expired} + at, ${NOW - expired} + at, 'x'
    FROM generate_series(0, ${expired - 1}) AS at`);
  return { store, table, keys: Array.from({ length: expired }, (_, at) => `key-${at}`) };
}

const countOf = async (table: string): Promise<number> =>
  Number((await pool.query(`SELECT count(*) FROM ${table}`)).rows[0].count);

describe('a sweep', () => {
  it('removes in several statements what one does not, and no more than its limit', async () => {
    const { store, table } = await openWith(1700);
    expect(await store.sweep(NOW, 1200)).toBe(1200);
    const { rows } = await pool.query(`SELECT min(expires_at) FROM ${table}`);
    expect(Number(rows[0].min)).toBe(NOW - 500);
    expect(await store.sweep(NOW, 1200)).toBe(500);
  }, 60_000);

  it('puts off those whose deadline has moved on, and finds the expired behind them', async () => {
    const { store, table, keys } = await openWith(900);
    const later = { version: 2, expiresAt: NOW + 1000, body: 'used' };
    for (const key of keys.slice(0, 600)) await store.compareAndSet(key, 1, later);
    expect(await store.sweep(NOW, 100)).toBe(100);
    expect(await store.sweep(NOW, 1000)).toBe(200);
    expect(await countOf(table)).toBe(600);
    expect(await store.read('key-0')).toEqual(later);
    expect(await store.sweep(NOW + 999, 1000)).toBe(0);
    expect(await store.sweep(NOW + 1000, 1000)).toBe(600);
  }, 60_000);

  it('passes over a record that is being written, and does not wait for it', async () => {
    const { store } = await openWith(3);
    const other = await pool.connect();
    await other.query('BEGIN');
    await other.query(`SELECT 1 FROM swept_${tables} WHERE expires_at = ${NOW - 3} FOR UPDATE`);
    expect(await store.sweep(NOW, 10)).toBe(2);
    await other.query('ROLLBACK');
    other.release();
    expect(await store.sweep(NOW, 10)).toBe(1);
  });

  it('removes each record once, with seven concurrent sweeps', async () => {
    const { store, table } = await openWith(4000);
    const removed = await Promise.all(Array.from({ length: 8 }, () => store.sweep(NOW, 4000)));
    const last = await store.sweep(NOW, 4000);
    expect(removed.reduce((sum, each) => sum + each, last)).toBe(4000);
    expect(await countOf(table)).toBe(0);
  }, 60_000);

  it('never removes a record whose deadline was moved on at the same moment', async () => {
    const { store, keys } = await openWith(2000);
    const later = { version: 2, expiresAt: NOW + 1000, body: 'used' };
    const used = keys.map((key) => store.compareAndSet(key, 1, later));
    const swept = Array.from({ length: 4 }, () => store.sweep(NOW, 2000));
    const won = await Promise.all(used);
    const removed = (await Promise.all(swept)).reduce((sum, each) => sum + each, 0);
    expect(removed).toBe(won.filter((each) => !each).length);
    const found = await Promise.all(keys.map((key) => store.read(key)));
    expect(found.map((record) => record !== undefined)).toEqual(won);
  }, 60_000);
});

describe('clear', () => {
  it('removes more records than one statement takes, one with an empty key among them', async () => {
    const { store, table } = await openWith(4500);
    await store.compareAndSet('', null, { version: 1, expiresAt: 1, body: '' });
    await store.clear();
    expect(await countOf(table)).toBe(0);
  }, 60_000);

  it('runs concurrently with other clears, sweeps and writes without a deadlock', async () => {
    const { store, table, keys } = await openWith(4500);
    await Promise.all([
      store.clear(),
      store.clear(),
      store.sweep(NOW, 4500),
      ...keys
        .slice(0, 500)
        .map((key) => store.compareAndSet(key, 1, { version: 2, expiresAt: NOW, body: '' })),
    ]);
    expect(await countOf(table)).toBe(0);
    expect(server.log()).not.toContain('deadlock');
  }, 60_000);
});
