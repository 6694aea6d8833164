import { NEWEST_DATE, workerOf } from '@coatcheck/runtimes/worker-runtime';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTableSql } from '../src/index.ts';
import { startShop } from './support/start-shop.ts';

const COUNT = 10_000;

describe('expired rows in D1', () => {
  let shop: Awaited<ReturnType<typeof startShop>>;
  let database: Awaited<ReturnType<typeof shop.miniflare.getD1Database>>;

  beforeAll(async () => {
    shop = await startShop(NEWEST_DATE);
    database = await shop.miniflare.getD1Database('DB', 'worker-0');
    for (const sql of createTableSql().split(';\n')) if (sql !== '') await database.prepare(sql).run();
  }, 120_000);
  afterAll(() => shop.miniflare.dispose());

  const expire = () =>
    database
      .prepare(
        `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${COUNT})
         INSERT INTO coatcheck_sessions (key, version, expires_at, sweep_at, body) SELECT 'expired ' || i, 1, i, i, '' FROM n`,
      )
      .run();
  const left = () =>
    database.prepare("SELECT count(*) FROM coatcheck_sessions WHERE key LIKE 'expired %'").first('count(*)');

  it.each(['module', 'binding', 'request'])(
    'are swept by ordinary traffic, with sessions created for each %s',
    async (level) => {
      await expire();
      expect(await left()).toBe(COUNT);
      await shop.visitor(`d1/${level}`);
      await shop.post('/pass-a-minute');
      // Each write sweeps a batch of 200, after its response.
      for (let request = 0; request < 80 && (await left()) !== 0; request += 1)
        await shop.visitor(`d1/${level}`);
      expect(await left()).toBe(0);
    },
    120_000,
  );

  it('are swept by a Cron handler that calls sessions.sweep()', async () => {
    await expire();
    const worker = await workerOf(shop.miniflare, 'worker-0');
    const { outcome } = await worker.scheduled({ cron: '0 * * * *' });
    expect(outcome).toBe('ok');
    expect(await left()).toBe(0);
  }, 120_000);
});
