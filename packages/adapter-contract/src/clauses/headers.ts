import { deepEqual, ok } from 'node:assert/strict';
import type { Clause } from '../clause.ts';

const WAYS = ['/headers', '/raw-object', '/raw-array'];

/** Lists the clauses about headers that the app sends too. */
export const headers: readonly Clause[] = [
  {
    title: "keeps the app's cookies beside the token's, however they are set",
    async check(lab) {
      const site = await lab.serve();
      for (const way of WAYS) {
        const visitor = site.stranger();
        await visitor.post(`${way}/session.add`);
        deepEqual([...(await visitor.cookies()).keys()].sort(), ['__Host-session', 'flavour', 'size']);
      }
    },
  },
  {
    title: "lets no visitor's token into headers that the app uses for others too",
    async check(lab) {
      const site = await lab.serve();
      for (const way of WAYS) {
        await site.stranger().post(`${way}/session.add`);
        deepEqual((await site.stranger().get(`${way}/session.ignore`)).tokenCookies, []);
      }
    },
  },
  {
    title: "puts no-store in place of the app's Cache-Control where a token goes out",
    async check(lab) {
      const site = await lab.serve();
      for (const way of WAYS) {
        const reply = await site.stranger().post(`${way}/session.add`);
        deepEqual(reply.all('cache-control'), ['no-store']);
      }
    },
  },
  {
    title: "leaves the app's Cache-Control where no token goes out",
    async check(lab) {
      const visitor = await (await lab.serve()).visitor();
      for (const way of WAYS) {
        const reply = await visitor.get(`${way}/session.show`);
        deepEqual(reply.all('cache-control'), ['public, max-age=60']);
      }
    },
  },
  {
    title: "adds Cookie to the app's Vary where the app looked at the session",
    async check(lab) {
      const visitor = await (await lab.serve()).visitor();
      for (const way of WAYS) {
        const list = (await visitor.get(`${way}/session.show`)).list('vary');
        ok(list.includes('cookie') && list.includes('accept-language'), `Vary is ${list.join(', ')}`);
      }
    },
  },
  {
    title: "leaves the app's Vary where the app did not look",
    async check(lab) {
      const visitor = await (await lab.serve()).visitor();
      for (const way of WAYS) {
        deepEqual((await visitor.get(`${way}/session.ignore`)).list('vary'), ['accept-language']);
      }
    },
  },
];
