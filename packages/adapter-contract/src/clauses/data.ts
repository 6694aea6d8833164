import { deepEqual, equal } from 'node:assert/strict';
import type { Clause } from '../clause.ts';
import { countSeen, see } from './seen.ts';

/** Lists the clauses about the data of a session. */
export const data: readonly Clause[] = [
  {
    title: 'provides the session loaded, with what the previous request wrote',
    async check(lab) {
      const site = await lab.serve();
      equal((await see(await site.visitor(), '/text/session.show-at-once')).count, 1);
    },
  },
  {
    title: 'keeps all of 20 concurrent updates, over a store that takes 20 ms',
    async check(lab) {
      const site = await lab.serve();
      const visitor = await site.visitor();
      await site.command('slow-store');
      const replies = await Promise.all(Array.from({ length: 20 }, () => visitor.post('/text/session.add')));
      deepEqual(new Set(replies.map(({ status }) => status)), new Set([200]));
      equal(await countSeen(visitor), 21);
    },
  },
  {
    title: 'keeps two concurrent visitors apart',
    async check(lab) {
      const site = await lab.serve();
      const [ada, bo] = [await site.visitor(), await site.visitor()];
      const held = await ada.begin('/stream/session.add/session.show-at-once');
      await held.started();
      for (const count of [2, 3]) equal((await bo.post('/text/session.add')).result, count);
      await site.command('open-gate');
      const { text } = await ada.receive(await held.response);
      equal(text, `started\n${JSON.stringify({ result: await see(ada) })}`);
      equal(await countSeen(ada), 2);
    },
  },
  {
    title: 'provides a session that throws on assignment',
    async check(lab) {
      const site = await lab.serve();
      const visitor = await site.visitor();
      equal((await visitor.post('/text/session.assign')).status, 500);
      equal(await countSeen(visitor), 1);
    },
  },
];
