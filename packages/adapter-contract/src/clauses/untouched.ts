import { deepEqual } from 'node:assert/strict';
import type { Clause } from '../clause.ts';

/** Lists the clauses about requests that leave the session alone. */
export const untouched: readonly Clause[] = [
  {
    title: 'sets no cookie and asks no store for a stranger whose session is left alone',
    async check(lab) {
      const site = await lab.serve();
      const reply = await site.stranger().get('/text/session.ignore');
      deepEqual(reply.told, null);
      deepEqual(reply.tokenCookies, []);
      deepEqual(await site.store(), { reads: 0, writes: 0, records: 0 });
    },
  },
  {
    title: 'asks the store once for a request with a token',
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
