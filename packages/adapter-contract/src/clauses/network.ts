import { deepEqual, equal, notEqual } from 'node:assert/strict';
import type { Clause } from '../clause.ts';
import type { Site } from '../lab.ts';

/** A proxy adds the address that it saw at the end; what stands before is the client's own word. */
const FORWARDED: readonly [string, string] = ['x-forwarded-for', '198.51.100.66, 203.0.113.7'];
const BEHIND: readonly (readonly [string, string])[] = [
  ['origin', 'https://shop.example'],
  ['x-forwarded-host', 'shop.example'],
];

/** Lists the clauses about proxies, trusted and not. */
export const network: readonly Clause[] = [
  {
    title: "takes the client's address from the proxy that is trusted",
    async check(lab) {
      const site = await lab.serve('proxy');
      await site.stranger().post('/text/session.add', FORWARDED);
      equal(await addressSeen(site), '203.0.113.7');
    },
  },
  {
    title: 'takes no address from a proxy that is not trusted',
    async check(lab) {
      const site = await lab.serve();
      await site.stranger().post('/text/session.add', FORWARDED);
      const address = await addressSeen(site);
      notEqual(address, '203.0.113.7');
      notEqual(address, '198.51.100.66');
    },
  },
  {
    title: "takes the host from the proxy that is trusted: its own pages' writes are let through",
    async check(lab) {
      const site = await lab.serve('proxy');
      equal((await site.stranger().post('/text/session.add', ...BEHIND)).told, 1);
    },
  },
  {
    title: 'takes no host from a proxy that is not trusted',
    async check(lab) {
      const site = await lab.serve();
      const reply = await site.stranger().post('/text/session.add', ...BEHIND);
      equal(reply.status, 403);
      deepEqual(reply.tokenCookies, []);
    },
  },
];

/** Asks which address the app's events tell of the last grant. */
async function addressSeen(site: Site): Promise<unknown> {
  const events: unknown = await site.order('events');
  const granted = Array.isArray(events) ? events.filter(({ type }) => type === 'granted') : [];
  equal(granted.length, 1);
  return granted[0].ip;
}
