import { deepEqual, equal } from 'node:assert/strict';
import type { Clause } from '../clause.ts';
import type { Site } from '../lab.ts';
import type { Visitor } from '../visitor.ts';
import { countSeen, seenIn } from './seen.ts';

/** Lists the clauses about requests sent by pages of other sites. */
export const origins: readonly Clause[] = [
  {
    title: 'rejects a write from another site with 403, and leaves the cookie unchanged',
    async check(lab) {
      const site = await lab.serve();
      await rejects(await site.visitor(), ['sec-fetch-site', 'cross-site']);
    },
  },
  {
    title: 'rejects a sign-in from another site, and sets no cookie',
    async check(lab) {
      const site = await lab.serve();
      const reply = await site.stranger().post('/text/session.sign-in', ['sec-fetch-site', 'cross-site']);
      equal(reply.status, 403);
      deepEqual(reply.tokenCookies, []);
    },
  },
  {
    title: 'rejects a write from another site before the handler runs',
    async check(lab) {
      for (const scenario of ['plain', 'lazy'] as const) {
        const site = await lab.serve(scenario);
        const visitor = await site.visitor();
        const before = await site.command('performed');
        const reply = await visitor.post('/text/session.ignore', ['sec-fetch-site', 'cross-site']);
        equal(reply.status, 403);
        equal(await site.command('performed'), before);
      }
    },
  },
  {
    title: 'serves a write from another site as a visitor without a session if serveCrossSite is true',
    async check(lab) {
      const site = await lab.serve('open');
      const visitor = await site.visitor();
      const seen = seenIn(await visitor.post('/text/session.show', ['sec-fetch-site', 'cross-site']));
      deepEqual([seen.id, seen.count, seen.ended], [undefined, 0, 'cross-site']);
      await rejects(visitor, ['sec-fetch-site', 'cross-site']);
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
    title: 'treats a HEAD from another site as a read',
    async check(lab) {
      const site = await lab.serve();
      const visitor = await site.visitor();
      const headers = [['sec-fetch-site', 'cross-site']] as const;
      equal((await visitor.send('/text/session.show', { method: 'HEAD', headers })).status, 200);
      deepEqual(await refusalsIn(site), []);
    },
  },
  {
    title: 'treats a WebSocket upgrade from another site as a write, and gives it no session',
    async check(lab) {
      const upgrade = [
        ['connection', 'upgrade'],
        ['upgrade', 'websocket'],
      ] as const;
      const path = '/text/session.show';
      const elsewhere = ['origin', 'https://other.example'] as const;
      const visitor = await (await lab.serve()).visitor();
      equal(seenIn(await visitor.get(path, ...upgrade, ['sec-fetch-site', 'same-origin'])).count, 1);
      equal((await visitor.get(path, ...upgrade, elsewhere)).status, 403);
      const reply = await (await (await lab.serve('open')).visitor()).get(path, ...upgrade, elsewhere);
      deepEqual(seenIn(reply), { id: undefined, count: 0, userId: undefined, ended: 'cross-site' });
    },
  },
  {
    title: 'compares Origin with the host, including its port, if there is no Sec-Fetch-Site',
    async check(lab) {
      const site = await lab.serve();
      const visitor = await site.visitor();
      equal((await visitor.post('/text/session.add', ['origin', site.url])).result, 2);
      const { protocol, hostname, port } = new URL(site.url);
      const neighbour = `${protocol}//${hostname}:${Number(port) ^ 1}`;
      const reply = await visitor.post('/text/session.add', ['origin', neighbour]);
      equal(reply.status, 403);
      deepEqual(reply.tokenCookies, []);
      equal(await countSeen(visitor), 2);
    },
  },
];

/** Returns the app's `refused` events. */
async function refusalsIn(site: Site): Promise<unknown> {
  const events: unknown = await site.command('events');
  return Array.isArray(events) ? events.filter(({ type }) => type === 'refused') : events;
}

async function rejects(visitor: Visitor, ...headers: readonly (readonly [string, string])[]): Promise<void> {
  const held = await visitor.cookies();
  for (const action of ['add', 'destroy']) {
    const reply = await visitor.post(`/text/session.${action}`, ...headers);
    equal(reply.status, 403);
    deepEqual(reply.tokenCookies, []);
  }
  deepEqual(await visitor.cookies(), held);
  equal(await countSeen(visitor), 1);
}
