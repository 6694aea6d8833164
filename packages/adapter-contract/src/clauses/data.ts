import { equal } from 'node:assert/strict';
import type { Clause } from '../clause.ts';
import { countSeen, see } from './seen.ts';

/** Lists the clauses about what is kept in a session. */
export const data: readonly Clause[] = [
  {
    title: 'hands the session over loaded, with what the request before wrote',
    async check(lab) {
      const site = await lab.serve();
      equal((await see(await site.visitor(), '/text/session.show-at-once')).count, 1);
    },
  },
  {
    title: 'keeps every one of 20 writes at the same moment',
    async check(lab) {
      const site = await lab.serve();
      const visitor = await site.visitor();
      await Promise.all(Array.from({ length: 20 }, () => visitor.post('/text/session.add')));
      equal(await countSeen(visitor), 21);
    },
  },
  {
    title: 'keeps two visitors apart who are served at the same moment',
    async check(lab) {
      const site = await lab.serve();
      const [ada, bo] = [await site.visitor(), await site.visitor()];
      const held = await ada.begin('/stream/session.add/session.show-at-once');
      await held.begun();
      for (const count of [2, 3]) equal((await bo.post('/text/session.add')).told, count);
      await site.order('open-gate');
      const { text } = await ada.receive(await held.answer);
      equal(text, `started\n${JSON.stringify({ result: await see(ada) })}`);
      equal(await countSeen(ada), 2);
    },
  },
  {
    title: 'hands over a session that throws where something is assigned to it',
    async check(lab) {
      const site = await lab.serve();
      const visitor = await site.visitor();
      equal((await visitor.post('/text/session.assign')).status, 500);
      equal(await countSeen(visitor), 1);
    },
  },
];
