import { NEWEST_DATE, OLDEST_DATE } from '@coatcheck/runtimes/worker-runtime';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startShop } from './support/start-shop.ts';

const items = (count: number) => Array.from({ length: count }, (_, i) => `item-${i}`);
const WAYS = ['d1', 'durable-object'].flatMap((store) =>
  ['module', 'binding', 'request'].map((level) => `${store}/${level}`),
);

describe.each([OLDEST_DATE, NEWEST_DATE])('in workerd of %s', (date) => {
  let shop: Awaited<ReturnType<typeof startShop>>;

  beforeAll(async () => {
    shop = await startShop(date);
  }, 120_000);
  afterAll(() => shop.miniflare.dispose());

  describe.each(WAYS)('over %s', (way) => {
    it.each([2, 20, 50])(
      'responds to %i writes of one session at once, and keeps all of them',
      async (count) => {
        const { add, cart } = await shop.visitor(way);
        const statuses = await Promise.all(items(count).map((item) => add(item)));
        expect(new Set(statuses)).toEqual(new Set([200]));
        expect((await cart()).toSorted()).toEqual(['first', ...items(count)].toSorted());
      },
      30_000,
    );

    it('keeps the writes of two isolates', async () => {
      const { add, cart } = await shop.visitor(way);
      const statuses = await Promise.all(items(20).map((item, i) => add(item, { elsewhere: i % 2 === 1 })));
      expect(new Set(statuses)).toEqual(new Set([200]));
      expect((await cart()).toSorted()).toEqual(['first', ...items(20)].toSorted());
    }, 30_000);

    it('responds to all others within 2 s and keeps their writes if two clients disconnect and a handler throws, and applies none twice', async () => {
      const { add, cart } = await shop.visitor(way);
      const { signal, abort } = abortable();
      const leaving = ['left-0', 'left-1'].map((item) => add(item, { signal }).catch(() => undefined));
      const thrown = add('throw');
      const staying = items(10).map((item) => add(item));
      const start = performance.now();
      abort();
      expect(new Set(await Promise.all(staying))).toEqual(new Set([200]));
      expect(performance.now() - start).toBeLessThan(2_000);
      expect(await thrown).toBe(500);
      await Promise.all(leaving);
      const kept = await cart();
      expect(new Set(kept).size).toBe(kept.length);
      expect(kept.filter((item) => item.startsWith('item-')).toSorted()).toEqual(items(10).toSorted());
    }, 30_000);
  });
});

function abortable(): { signal: AbortSignal; abort: () => void } {
  const controller = new AbortController();
  return { signal: controller.signal, abort: () => setTimeout(() => controller.abort(), 25) };
}
