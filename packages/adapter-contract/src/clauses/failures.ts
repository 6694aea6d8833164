import { deepEqual, equal } from 'node:assert/strict';
import type { Clause } from '../clause.ts';
import { countSeen } from './seen.ts';

/** Lists the clauses about stores that fail and clients that go away. */
export const failures: readonly Clause[] = [
  {
    title: "gives the store's failure at a load to the framework's error handling, and grants nothing",
    async check(lab) {
      const site = await lab.serve();
      const visitor = await site.visitor();
      await site.order('break-store');
      const reply = await visitor.get('/text/session.ignore');
      equal(reply.status, 503);
      deepEqual(reply.tokenCookies, []);
      await site.order('mend-store');
      equal(await countSeen(visitor), 1);
    },
  },
  {
    title: "gives the store's failure at a write to the framework's error handling, and grants nothing",
    async check(lab) {
      const site = await lab.serve();
      await site.order('break-store');
      const reply = await site.stranger().post('/text/session.add');
      equal(reply.status, 503);
      deepEqual(reply.tokenCookies, []);
    },
  },
  {
    title: 'keeps what a handler wrote whose client went away, and goes on serving',
    async check(lab) {
      const site = await lab.serve();
      const visitor = await site.visitor();
      const held = await visitor.begin('/stream/session.add/session.add');
      await held.begun();
      held.abort();
      await site.order('open-gate');
      await site.order('late-done');
      equal(await countSeen(visitor), 3);
    },
  },
];
