import { NEWEST_DATE, OLDEST_DATE, startWorker } from '@coatcheck/runtimes/worker-runtime';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const FILE = new URL('./slow-worker.ts', import.meta.url);
/** How long the other requests take at most if one is dropped, in milliseconds. */
const PATIENCE = 2_000;
const POST = { method: 'POST', headers: { 'sec-fetch-site': 'same-origin' } } as const;

describe.each([OLDEST_DATE, NEWEST_DATE])('in workerd of %s, over a store that takes 20 ms', (date) => {
  let worker: Awaited<ReturnType<typeof startWorker>>;
  let origin = '';

  beforeAll(async () => {
    worker = await startWorker(FILE, date);
    ({ origin } = await worker.ready);
  }, 120_000);
  afterAll(() => worker.dispose());

  describe.each(['module', 'request'])('and sessions created for each %s', (way) => {
    /** Begins a session, and returns a function that adds an item to its cart, and one that shows the cart. */
    async function visitor() {
      const first = await fetch(`${origin}/${way}/add/first`, POST);
      const cookie = first.headers.getSetCookie()[0]?.split(';')[0] ?? '';
      const headers = { ...POST.headers, cookie };
      return {
        add: async (item: string, signal: AbortSignal | null = null) => {
          const response = await fetch(`${origin}/${way}/add/${item}`, { ...POST, headers, signal });
          await response.text();
          return response.status;
        },
        cart: async () => (await (await fetch(`${origin}/${way}`, { headers })).text()).split(' '),
      };
    }
    const items = (count: number) => Array.from({ length: count }, (_, i) => `item-${i}`);

    it.each([2, 20, 50])(
      'responds to %i writes of one session at once, and keeps all of them',
      async (count) => {
        const { add, cart } = await visitor();
        const statuses = await Promise.all(items(count).map((item) => add(item)));
        expect(new Set(statuses)).toEqual(new Set([200]));
        expect((await cart()).toSorted()).toEqual(['first', ...items(count)].toSorted());
      },
    );

    it.each(way === 'module' ? [5, 25, 45, 65] : [25])(
      'responds to all others within 2 s and keeps their writes if two clients disconnect after %i ms, and applies none twice',
      async (after) => {
        const { add, cart } = await visitor();
        const dropped = new AbortController();
        const leaving = ['left-0', 'left-1'].map((item) => add(item, dropped.signal).catch(() => undefined));
        const staying = items(18).map((item) => add(item));
        await new Promise((resolve) => setTimeout(resolve, after));
        dropped.abort();
        const start = performance.now();
        expect(new Set(await Promise.all(staying))).toEqual(new Set([200]));
        expect(performance.now() - start).toBeLessThan(PATIENCE);
        await Promise.all(leaving);
        const kept = await cart();
        expect(new Set(kept).size).toBe(kept.length);
        expect(kept.filter((item) => !item.startsWith('left-')).toSorted()).toEqual(
          ['first', ...items(18)].toSorted(),
        );
      },
    );

    it('responds within 2 s to writes beside a request whose handler throws while it writes', async () => {
      const { add, cart } = await visitor();
      const start = performance.now();
      const [thrown, ...statuses] = await Promise.all([add('throw'), ...items(10).map((item) => add(item))]);
      expect(performance.now() - start).toBeLessThan(PATIENCE);
      expect(thrown).toBe(500);
      expect(new Set(statuses)).toEqual(new Set([200]));
      expect((await cart()).filter((item) => item !== 'throw').toSorted()).toEqual(
        ['first', ...items(10)].toSorted(),
      );
    });

    it('responds to 20 sign-ins of one user at once', async () => {
      const responses = await Promise.all(items(20).map(() => fetch(`${origin}/${way}/sign-in`, POST)));
      expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([200]));
    });
  });
});
