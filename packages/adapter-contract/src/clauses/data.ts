import { equal } from 'node:assert/strict';
import type { Clause } from '../clause.ts';
import { countSeen } from './seen.ts';

/** Lists the clauses about what is kept in a session. */
export const data: readonly Clause[] = [
  {
    title: "keeps what was written for the visitor's next request, and hands it over loaded",
    async check(lab) {
      const site = await lab.serve();
      equal(await countSeen(await site.visitor()), 1);
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
      const held = await ada.begin('/stream/session.add/session.add');
      await held.begun();
      equal((await bo.post('/text/session.add')).told, 2);
      equal(await countSeen(bo), 2);
      await site.order('open-gate');
      equal((await ada.receive(await held.answer)).text, 'started\n{"result":3}');
      equal(await countSeen(ada), 3);
      equal(await countSeen(bo), 2);
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
