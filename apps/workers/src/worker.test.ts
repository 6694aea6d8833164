import { readFileSync } from 'node:fs';
import { testSmallShop } from '@coatcheck/runtimes/small-shop';
import { startWorker, workerOf } from '@coatcheck/runtimes/worker-runtime';
import { afterAll, beforeAll, expect, it } from 'vitest';

interface WranglerConfig {
  readonly main: string;
  readonly compatibility_date: string;
  readonly d1_databases: readonly { readonly binding: string; readonly database_name: string }[];
  readonly triggers: { readonly crons: readonly [string] };
}

const CONFIG = new URL('../wrangler.jsonc', import.meta.url);
const config: WranglerConfig = JSON.parse(readFileSync(CONFIG, 'utf8'));

/** Starts the worker as Wrangler's configuration says. */
const start = () =>
  startWorker(new URL(config.main, CONFIG), config.compatibility_date, {
    d1Databases: Object.fromEntries(config.d1_databases.map((each) => [each.binding, each.database_name])),
  });

let worker: Awaited<ReturnType<typeof start>>;
beforeAll(async () => {
  worker = await start();
}, 120_000);
afterAll(() => worker.dispose());

testSmallShop(async () => ({ origin: (await worker.ready).origin, stop: async () => {} }));

it('removes expired sessions when the Cron trigger fires', async () => {
  const { origin } = await worker.ready;
  const post = { method: 'POST', headers: { 'sec-fetch-site': 'same-origin' } };
  for (let visitor = 0; visitor < 3; visitor += 1) await fetch(`${origin}/cart/coat`, post);
  const database = await worker.getD1Database('DB');
  const left = () => database.prepare('SELECT count(*) FROM coatcheck_sessions').first('count(*)');
  await database.prepare('UPDATE coatcheck_sessions SET expires_at = 1, sweep_at = 1').run();
  expect(await left()).toBeGreaterThanOrEqual(3);
  const [cron] = config.triggers.crons;
  const { outcome } = await (await workerOf(worker)).scheduled({ cron });
  expect(outcome).toBe('ok');
  expect(await left()).toBe(0);
});
