import { deepEqual, ok } from 'node:assert/strict';
import type { Clause } from '../clause.ts';

/** Lists the clauses about headers that the app itself sends. */
export const headers: readonly Clause[] = [
  {
    title: "keeps the app's cookies next to the token's",
    async check(lab) {
      const visitor = (await lab.serve()).stranger();
      await visitor.post('/headers/session.add');
      deepEqual([...(await visitor.cookies()).keys()].sort(), ['__Host-session', 'flavour', 'size']);
    },
  },
  {
    title: "adds no visitor's token to headers that the app shares between responses",
    async check(lab) {
      const site = await lab.serve();
      for (const way of ['headers', 'raw-object', 'raw-array']) {
        const { tokenCookies } = await site.stranger().post(`/${way}/session.add`);
        const next = await site.stranger().get(`/${way}/session.ignore`);
        ok(
          !next.tokenCookies.some((line) => tokenCookies.includes(line)),
          `The token must not reach the next response of /${way}`,
        );
      }
    },
  },
  {
    title: "replaces the app's Cache-Control with no-store if a token is sent",
    async check(lab) {
      const reply = await (await lab.serve()).stranger().post('/headers/session.add');
      deepEqual(reply.all('cache-control'), ['no-store']);
    },
  },
  {
    title: "keeps the app's Cache-Control if no token is sent",
    async check(lab) {
      const visitor = await (await lab.serve()).visitor();
      const reply = await visitor.get('/headers/session.show');
      deepEqual(reply.all('cache-control'), ['public, max-age=60']);
    },
  },
  {
    title: "adds Cookie to the app's Vary if the handler read the session",
    async check(lab) {
      const visitor = await (await lab.serve()).visitor();
      const reply = await visitor.get('/headers/session.show');
      deepEqual(reply.vary, ['accept-language', 'cookie']);
    },
  },
  {
    title: "keeps the app's Vary if the handler did not read the session",
    async check(lab) {
      const visitor = await (await lab.serve()).visitor();
      deepEqual((await visitor.get('/headers/session.ignore')).vary, ['accept-language']);
    },
  },
];
