import { deepEqual, equal } from 'node:assert/strict';
import type { Clause } from '../clause.ts';
import type { Site } from '../lab.ts';
import type { Reply } from '../reply.ts';
import type { Sending } from '../visitor.ts';
import { countSeen } from './seen.ts';

/** Lists the clauses about the ways in which a response may leave. */
export const ways: readonly Clause[] = [
  {
    title: 'brings the token with a redirect',
    check: async (lab) => {
      const reply = await brings(await lab.serve(), '/redirect/session.add', { method: 'POST' }, 303);
      equal(new URL(reply.all('location')[0] ?? '', 'http://localhost').pathname, '/text/kit.nothing');
    },
  },
  {
    title: 'brings the token with a 204',
    check: async (lab) => {
      await brings(await lab.serve(), '/empty/session.add', { method: 'POST' }, 204);
    },
  },
  {
    title: 'brings the token with a 304',
    check: async (lab) => {
      await brings(await lab.serve(), '/unchanged/session.add', {}, 304);
    },
  },
  {
    title: 'brings the token with the answer to a HEAD',
    check: async (lab) => {
      const reply = await brings(await lab.serve(), '/text/session.add', { method: 'HEAD' }, 200);
      equal(reply.text, '');
    },
  },
  {
    title: 'brings the token with a stream',
    check: async (lab) => {
      const site = await lab.serve();
      await site.order('open-gate');
      const reply = await brings(site, '/stream/session.add/kit.nothing', { method: 'POST' }, 200);
      equal(reply.text, 'started\n{"result":null}');
    },
  },
  {
    title: "brings the token and the app's headers, given as an object to the lowest call",
    check: async (lab) => {
      await bringsBoth(await lab.serve(), '/raw-object/session.add');
    },
  },
  {
    title: "brings the token and the app's headers, given as an array to the lowest call",
    check: async (lab) => {
      await bringsBoth(await lab.serve(), '/raw-array/session.add');
    },
  },
  {
    title: 'brings the token with a response that was made elsewhere',
    check: async (lab) => {
      const reply = await brings(await lab.serve(), '/elsewhere/session.add', { method: 'POST' }, 200);
      equal(reply.text, 'elsewhere');
    },
  },
  {
    title: 'brings the token with the error that a handler throws after its write',
    check: async (lab) => {
      await brings(await lab.serve(), '/throw/session.add', { method: 'POST' }, 500);
    },
  },
];

/** Asks for a first write, and sees that the visitor can go on with what the answer brought. */
async function brings(site: Site, path: string, sending: Sending, status: number): Promise<Reply> {
  const visitor = site.stranger();
  const reply = await visitor.send(path, sending);
  equal(reply.status, status);
  equal(reply.tokenCookies.length, 1, 'The answer brings no token');
  equal(await countSeen(visitor), 1);
  return reply;
}

/** Asks for a first write in an answer that has headers of the app too, and sees that each is there as it should be. */
async function bringsBoth(site: Site, path: string): Promise<void> {
  const reply = await brings(site, path, { method: 'POST' }, 200);
  const names = reply.all('set-cookie').map((line) => line.split('=')[0]);
  deepEqual(names.sort(), ['__Host-session', 'flavour', 'size']);
  deepEqual(reply.all('cache-control'), ['no-store']);
  deepEqual(reply.list('vary'), ['accept-language', 'cookie']);
}
