import { deepEqual, equal } from 'node:assert/strict';
import type { Clause } from '../clause.ts';
import type { Site } from '../lab.ts';
import type { Reply } from '../reply.ts';
import type { RequestOptions } from '../visitor.ts';
import { countSeen } from './seen.ts';

/** Lists the clauses about the kinds of responses. */
export const ways: readonly Clause[] = [
  {
    title: 'sends the token with a redirect',
    check: async (lab) => {
      const reply = await sendsToken(await lab.serve(), '/redirect/session.add', { method: 'POST' }, 303);
      equal(new URL(reply.all('location')[0] ?? '', 'http://localhost').pathname, '/text/kit.nothing');
    },
  },
  {
    title: 'sends the token with a 204',
    check: async (lab) => {
      await sendsToken(await lab.serve(), '/empty/session.add', { method: 'POST' }, 204);
    },
  },
  {
    title: 'sends the token with a 304',
    check: async (lab) => {
      await sendsToken(await lab.serve(), '/unchanged/session.add', {}, 304);
    },
  },
  {
    title: 'sends the token with the response to a HEAD',
    check: async (lab) => {
      const reply = await sendsToken(await lab.serve(), '/text/session.add', { method: 'HEAD' }, 200);
      equal(reply.text, '');
    },
  },
  {
    title: 'sends the token with a stream',
    check: async (lab) => {
      const site = await lab.serve();
      await site.command('open-gate');
      const reply = await sendsToken(site, '/stream/session.add/kit.nothing', { method: 'POST' }, 200);
      equal(reply.text, 'started\n{"result":null}');
    },
  },
  {
    title: "sends the token and the app's headers, passed as an object to the lowest-level call",
    check: async (lab) => {
      await sendsBoth(await lab.serve(), '/raw-object/session.add');
    },
  },
  {
    title: "sends the token and the app's headers, passed as an array to the lowest-level call",
    check: async (lab) => {
      await sendsBoth(await lab.serve(), '/raw-array/session.add');
    },
  },
  {
    title: 'sends the token with a response created elsewhere',
    check: async (lab) => {
      const reply = await sendsToken(await lab.serve(), '/elsewhere/session.add', { method: 'POST' }, 200);
      equal(reply.text, 'elsewhere');
    },
  },
  {
    title: 'sends the token with an error that a handler throws after a write',
    check: async (lab) => {
      await sendsToken(await lab.serve(), '/throw/session.add', { method: 'POST' }, 500);
    },
  },
];

/** Makes a first write, and checks that the response sends a token that works. */
async function sendsToken(site: Site, path: string, options: RequestOptions, status: number): Promise<Reply> {
  const visitor = site.stranger();
  const reply = await visitor.send(path, options);
  equal(reply.status, status);
  equal(reply.tokenCookies.length, 1, 'The response must send exactly one token');
  equal(await countSeen(visitor), 1);
  return reply;
}

/** Makes a first write whose response also has headers of the app, and checks all of them. */
async function sendsBoth(site: Site, path: string): Promise<void> {
  const reply = await sendsToken(site, path, { method: 'POST' }, 200);
  const names = reply.all('set-cookie').map((line) => line.split('=')[0]);
  deepEqual(names.sort(), ['__Host-session', 'flavour', 'size']);
  deepEqual(reply.all('cache-control'), ['no-store']);
  deepEqual(reply.vary, ['accept-language', 'cookie']);
}
