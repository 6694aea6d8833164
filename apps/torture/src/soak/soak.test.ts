import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { SqliteFile } from '../stores/sqlite-file.ts';
import { readSoak, type SoakRecord } from './record.ts';
import { type Soak, soak } from './soak.ts';
import { trendOf } from './trend.ts';

vi.setConfig({ testTimeout: 120_000 });

const directory = mkdtempSync(join(tmpdir(), 'coatcheck-soak-test-'));
const store = new SqliteFile();
afterEach(async () => {
  await store.stop();
  rmSync(directory, { recursive: true, force: true });
});

async function run(how: Partial<Soak>): Promise<SoakRecord> {
  const path = join(directory, 'soak.jsonl');
  await soak({
    ...{ store, path, sessions: 4000, servers: 1, clients: 8, load: 20, seed: 1 },
    ...{ warmUp: 1, measuring: 0.5, lasts: 6, window: 0.5, ...how },
  });
  return readSoak(path);
}

describe('a soak of a server that keeps a part of each request', () => {
  it('measures what is kept, beside a load of a fifth of the capacity', async () => {
    const leaks = 20_000;
    const { run: what, servers, requests } = await run({ leaks });
    expect(what.sessions).toBe(4000);
    expect(what.rate).toBeCloseTo(what.capacity / 5, 6);
    const total = (of: 'sent' | 'good'): number => requests.reduce((sum, sample) => sum + sample[of], 0);
    expect(total('sent')).toBeGreaterThan(what.rate * 6 * 0.8);
    expect(total('good')).toBe(total('sent'));
    const { low, high } = trendOf(servers.map(({ at, heap }) => ({ at, value: heap })));
    const kept = (total('sent') / 6) * leaks;
    expect(high).toBeGreaterThan(kept * 0.8);
    expect(low).toBeGreaterThan(kept * 0.3);
    expect(servers.every(({ rejections }) => rejections === 0)).toBe(true);
  });
});
