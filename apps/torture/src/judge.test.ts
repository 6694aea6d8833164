import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { judge } from './judge.ts';
import { findNemesis } from './nemesis/nemeses.ts';
import { summarize } from './report/summary.ts';
import { SqliteFile } from './stores/sqlite-file.ts';
import { startStore } from './stores/start-store.ts';
import type { StoreKind, StoreUnderTest } from './stores/store-under-test.ts';

vi.setConfig({ testTimeout: 120_000 });

const directory = mkdtempSync(join(tmpdir(), 'coatcheck-judge-'));
afterAll(() => rmSync(directory, { recursive: true }));

const stores: StoreUnderTest[] = [];
afterEach(async () => {
  await Promise.all(stores.splice(0).map((store) => store.stop()));
});

function run(store: StoreUnderTest, nemesis: string, seconds: number): ReturnType<typeof judge> {
  stores.push(store);
  const options = { store, nemesis: findNemesis(store.kind, nemesis), seconds, seed: 1 };
  return judge({ ...options, clients: 12, servers: 3 }, directory);
}

describe('three servers, of Express, Koa and Hono, in four pairs for some seconds each', () => {
  it.for<[store: StoreKind, nemesis: string]>([
    ['sqlite', 'kill-server'],
    ['redis', 'kill-server'],
    ['redis', 'cut'],
    ['postgres', 'cut'],
  ])('break no promise on %s under %s', async ([kind, nemesis]) => {
    const { verdict } = await run(await startStore(kind, 3), nemesis, 6);
    expect(verdict.violations).toEqual([]);
    const { faults, updates, sessions } = summarize(verdict);
    expect(faults).toBeGreaterThan(0);
    expect(updates).toBeGreaterThan(50);
    expect(sessions).toBeGreaterThan(10);
  });
});

describe('a store whose compareAndSet ignores the version', () => {
  it('fails the check', async () => {
    const { verdict } = await run(new SqliteFile('ignores-versions'), 'none', 6);
    expect(verdict.violations.map(({ kind }) => kind)).toContain('lost update');
  });
});

describe('a run that does not take place', () => {
  it('rejects if its servers do not start', async () => {
    const store = new SqliteFile();
    const missing = { kind: 'sqlite', path: '/nowhere/sessions.db' } as const;
    await expect(run(Object.assign(store, { addressOf: () => missing }), 'none', 1)).rejects.toThrow(
      'ended before it listened',
    );
  });
});
