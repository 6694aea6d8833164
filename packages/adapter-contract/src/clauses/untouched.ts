import { deepEqual } from 'node:assert/strict';
import type { Clause } from '../clause.ts';

/** Lists the clauses about requests that do not use the session. */
export const untouched: readonly Clause[] = [
  {
    title: 'sets no cookie and makes no store call for a new visitor whose session is unused',
    async check(lab) {
      const site = await lab.serve();
      const reply = await site.stranger().get('/text/session.ignore');
      deepEqual(reply.result, null);
      deepEqual(reply.tokenCookies, []);
      deepEqual(await site.store(), { reads: 0, writes: 0, records: 0 });
    },
  },
  {
    title: 'makes one store call for a request with a token',
    async check(lab) {
      const site = await lab.serve();
      const visitor = await site.visitor();
      const before = await site.store();
      await visitor.get('/text/session.ignore');
      const after = await site.store();
      deepEqual([after.reads - before.reads, after.writes - before.writes], [1, 0]);
    },
  },
];
