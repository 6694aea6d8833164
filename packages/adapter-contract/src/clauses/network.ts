import { deepEqual, equal, notEqual } from 'node:assert/strict';
import type { Clause } from '../clause.ts';
import type { Site } from '../lab.ts';

/** A proxy appends the address that it saw. The entries before it come from the client. */
const FORWARDED: readonly [string, string] = ['x-forwarded-for', '198.51.100.66, 203.0.113.7'];
const BEHIND: readonly (readonly [string, string])[] = [
  ['origin', 'https://shop.example'],
  ['x-forwarded-host', 'shop.example'],
];

/** Lists the clauses about trusted and untrusted proxies. */
export const network: readonly Clause[] = [
  {
    title: "takes the client's address from a trusted proxy",
    async check(lab) {
      const site = await lab.serve('proxy');
      await site.stranger().post('/text/session.add', FORWARDED);
      equal(await addressSeen(site), '203.0.113.7');
    },
  },
  {
    title: 'takes no address from an untrusted proxy',
    async check(lab) {
      const site = await lab.serve();
      await site.stranger().post('/text/session.add', FORWARDED);
      const address = await addressSeen(site);
      notEqual(address, '203.0.113.7');
      notEqual(address, '198.51.100.66');
    },
  },
  {
    title: "takes the host from a trusted proxy, so that writes of the app's own pages are accepted",
    async check(lab) {
      const site = await lab.serve('proxy');
      equal((await site.stranger().post('/text/session.add', ...BEHIND)).result, 1);
    },
  },
  {
    title: 'takes no host from an untrusted proxy',
    async check(lab) {
      const site = await lab.serve();
      const reply = await site.stranger().post('/text/session.add', ...BEHIND);
      equal(reply.status, 403);
      deepEqual(reply.tokenCookies, []);
    },
  },
];

/** Returns the address in the event about the last created session. */
async function addressSeen(site: Site): Promise<unknown> {
  const events: unknown = await site.command('events');
  const granted = Array.isArray(events) ? events.filter(({ type }) => type === 'granted') : [];
  equal(granted.length, 1);
  return granted[0].ip;
}
