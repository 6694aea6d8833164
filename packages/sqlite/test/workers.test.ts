import { NEWEST_DATE, OLDEST_DATE, startWorker } from '@coatcheck/runtimes/worker-runtime';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeDirectory } from './support/directory.ts';
import { HranaServer, TOKEN } from './support/hrana-server.ts';

const FILE = new URL('./support/worker.ts', import.meta.url);

const directory = makeDirectory();
let server: HranaServer;
beforeAll(async () => {
  server = await HranaServer.start(directory.path());
});
afterAll(async () => {
  await server.stop();
  directory.remove();
});

it.each([OLDEST_DATE, NEWEST_DATE])(
  'in workerd of %s, without Node.js, responds to 50 writes of one session at once over HTTP, and keeps all of them',
  async (date) => {
    const worker = await startWorker(FILE, date, { bindings: { URL: server.url, TOKEN } });
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
