import { deepEqual, ok } from 'node:assert/strict';
import type { Clause } from '../clause.ts';

/** Lists the clauses about headers that the app sends too. */
export const headers: readonly Clause[] = [
  {
    title: "keeps the app's cookies beside the token's",
    async check(lab) {
      const visitor = (await lab.serve()).stranger();
      await visitor.post('/headers/session.add');
      deepEqual([...(await visitor.cookies()).keys()].sort(), ['__Host-session', 'flavour', 'size']);
    },
  },
  {
    title: "lets no visitor's token into headers that the app uses for others too",
    async check(lab) {
      const site = await lab.serve();
      for (const way of ['headers', 'raw-object', 'raw-array']) {
        const { tokenCookies } = await site.stranger().post(`/${way}/session.add`);
        const next = await site.stranger().get(`/${way}/session.ignore`);
        ok(!next.tokenCookies.some((line) => tokenCookies.includes(line)), `By /${way} the token leaks`);
      }
    },
  },
  {
    title: "puts no-store in place of the app's Cache-Control where a token goes out",
    async check(lab) {
      const reply = await (await lab.serve()).stranger().post('/headers/session.add');
      deepEqual(reply.all('cache-control'), ['no-store']);
    },
  },
  {
    title: "leaves the app's Cache-Control where no token goes out",
    async check(lab) {
      const visitor = await (await lab.serve()).visitor();
      const reply = await visitor.get('/headers/session.show');
      deepEqual(reply.all('cache-control'), ['public, max-age=60']);
    },
  },
  {
    title: "adds Cookie to the app's Vary where the app looked at the session",
    async check(lab) {
      const visitor = await (await lab.serve()).visitor();
      const reply = await visitor.get('/headers/session.show');
      deepEqual(reply.list('vary'), ['accept-language', 'cookie']);
    },
  },
  {
    title: "leaves the app's Vary where the app did not look",
    async check(lab) {
      const visitor = await (await lab.serve()).visitor();
      deepEqual((await visitor.get('/headers/session.ignore')).list('vary'), ['accept-language']);
    },
  },
];
