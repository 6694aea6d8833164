import { deepEqual, equal } from 'node:assert/strict';
import type { Clause } from '../clause.ts';
import type { Visitor } from '../visitor.ts';
import { countSeen, seenIn } from './seen.ts';

/** Lists the clauses about requests that pages of other sites send. */
export const origins: readonly Clause[] = [
  {
    title: 'refuses a write from another site with 403, and leaves the cookie alone',
    async check(lab) {
      const site = await lab.serve();
      await refuses(await site.visitor(), ['sec-fetch-site', 'cross-site']);
    },
  },
  {
    title: 'refuses a sign-in from another site, and sets no cookie',
    async check(lab) {
      const site = await lab.serve();
      const reply = await site.stranger().post('/text/session.sign-in', ['sec-fetch-site', 'cross-site']);
      equal(reply.status, 403);
      deepEqual(reply.tokenCookies, []);
    },
  },
  {
    title: 'lets a visitor follow a link from another site',
    async check(lab) {
      const visitor = await (await lab.serve()).visitor();
      const reply = await visitor.get('/text/session.show', ['sec-fetch-site', 'cross-site']);
      equal(seenIn(reply).count, 1);
    },
  },
  {
    title: 'tells by Origin and host, with its port, where the browser does not say Sec-Fetch-Site',
    async check(lab) {
      const site = await lab.serve();
      const visitor = await site.visitor();
      equal((await visitor.post('/text/session.add', ['origin', site.url])).told, 2);
      const { protocol, hostname, port } = new URL(site.url);
      const neighbour = `${protocol}//${hostname}:${Number(port) ^ 1}`;
      const reply = await visitor.post('/text/session.add', ['origin', neighbour]);
      equal(reply.status, 403);
      deepEqual(reply.tokenCookies, []);
      equal(await countSeen(visitor), 2);
    },
  },
];

async function refuses(visitor: Visitor, ...headers: readonly (readonly [string, string])[]): Promise<void> {
  const held = await visitor.cookies();
  for (const action of ['add', 'destroy']) {
    const reply = await visitor.post(`/text/session.${action}`, ...headers);
    equal(reply.status, 403);
    deepEqual(reply.tokenCookies, []);
  }
  deepEqual(await visitor.cookies(), held);
  equal(await countSeen(visitor), 1);
}
