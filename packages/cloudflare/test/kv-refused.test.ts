import { NEWEST_DATE, startWorkers } from '@coatcheck/runtimes/worker-runtime';
import { expect, it } from 'vitest';

const FILE = new URL('./support/shop-worker.ts', import.meta.url);
const WRITERS = 64;

/** What the test uses of a namespace, whose types are those of another package. */
interface Namespace {
  get(key: string): Promise<string | null>;
  put(key: string, value: string): Promise<void>;
}

function isNamespace(value: unknown): value is Namespace {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return false;
  return typeof Reflect.get(value, 'put') === 'function';
}

it('KV lets all of 64 concurrent writers win that compare before they write, so it is refused', async () => {
  const miniflare = await startWorkers([FILE], NEWEST_DATE, {
    kvNamespaces: { KV: 'kv' },
    d1Databases: { DB: 'unused' },
    durableObjects: { SESSIONS: { className: 'SessionObject', useSQLite: true } },
  });
  try {
    const kv: unknown = await miniflare.getKVNamespace('KV');
    if (!isNamespace(kv)) throw new Error('Miniflare must have the namespace.');
    await kv.put('session', '1');
    // All compare before the first one writes, which nothing in KV prevents.
    const read = await Promise.all(Array.from({ length: WRITERS }, () => kv.get('session')));
    const winners = read.flatMap((value, writer) => (value === '1' ? [writer] : []));
    await Promise.all(winners.map((writer) => kv.put('session', `2 by ${writer}`)));
    expect(winners).toHaveLength(WRITERS);
  } finally {
    await miniflare.dispose();
  }
}, 60_000);
