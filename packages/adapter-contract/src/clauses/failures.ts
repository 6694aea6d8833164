import { deepEqual, equal } from 'node:assert/strict';
import type { Clause } from '../clause.ts';
import { countSeen } from './seen.ts';

/** Lists the clauses about store failures and clients that disconnect. */
export const failures: readonly Clause[] = [
  {
    title: "passes a store failure during load to the framework's error handling, and issues no token",
    async check(lab) {
      const site = await lab.serve();
      const visitor = await site.visitor();
      await site.command('break-store');
      const reply = await visitor.get('/text/session.ignore');
      equal(reply.status, 503);
      deepEqual(reply.tokenCookies, []);
      await site.command('mend-store');
      equal(await countSeen(visitor), 1);
    },
  },
  {
    title: "passes a store failure during a write to the framework's error handling, and issues no token",
    async check(lab) {
      const site = await lab.serve();
      await site.command('break-store');
      const reply = await site.stranger().post('/text/session.add');
      equal(reply.status, 503);
      deepEqual(reply.tokenCookies, []);
    },
  },
  {
    title: 'keeps what a handler wrote after its client disconnected, and keeps serving',
    async check(lab) {
      const site = await lab.serve();
      const visitor = await site.visitor();
      const held = await visitor.begin('/stream/session.add/session.add');
      await held.started();
      held.abort();
      await site.command('open-gate');
      await site.command('late-done');
      equal(await countSeen(visitor), 3);
    },
  },
];
