import { expect, it } from 'vitest';
import { NEWEST_DATE, OLDEST_DATE, startWorker } from './worker-runtime.ts';

/** Tests that a worker whose POST adds its path to a cart, and that responds with the cart, keeps concurrent writes in workerd. `bindings` are read when the tests run. */
export function testConcurrentCarts(file: URL, bindings: () => Readonly<Record<string, string>>): void {
  it.each([OLDEST_DATE, NEWEST_DATE])(
    'in workerd of %s, without Node.js, responds to 50 writes of one session at once over HTTP, and keeps all of them',
    async (date) => {
      const worker = await startWorker(file, date, { bindings: bindings() });
      try {
        const { origin } = await worker.ready;
        const headers = { 'sec-fetch-site': 'same-origin' };
        const first = await fetch(`${origin}/first`, { method: 'POST', headers });
        const cookie = first.headers.getSetCookie()[0]?.split(';')[0] ?? '';
        const paths = Array.from({ length: 50 }, (_, at) => `/item-${at}`);
        const add = (path: string): Promise<Response> =>
          fetch(origin + path, { method: 'POST', headers: { ...headers, cookie } });
        const responses = await Promise.all(paths.map(add));
        expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([200]));
        const cart: string[] = JSON.parse(await (await fetch(origin, { headers: { cookie } })).text());
        expect(cart.toSorted()).toEqual(['/first', ...paths].toSorted());
      } finally {
        await worker.dispose();
      }
    },
    120_000,
  );
}
