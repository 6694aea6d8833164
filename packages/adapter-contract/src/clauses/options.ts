import { deepEqual, equal, notEqual, ok } from 'node:assert/strict';
import type { Clause } from '../clause.ts';
import { Site } from '../lab.ts';
import { see, seenIn } from './seen.ts';

/** Lists the clauses about the options of `session()`. */
export const options: readonly Clause[] = [
  {
    title: 'makes no store call if it is lazy and the app does not load',
    async check(lab) {
      const site = await lab.serve('lazy');
      const visitor = await site.visitor();
      const before = await site.store();
      equal((await visitor.get('/text/session.ignore')).status, 200);
      equal((await visitor.get('/text/session.show-at-once')).status, 500);
      deepEqual(await site.store(), before);
    },
  },
  {
    title: 'lets the app load the session if it is lazy',
    async check(lab) {
      const visitor = await (await lab.serve('lazy')).visitor();
      equal((await see(visitor)).count, 1);
    },
  },
  {
    title: 'extends the deadline when the session is read, unless it is passive',
    async check(lab) {
      const site = await lab.serve();
      const visitor = await site.visitor();
      await site.command('pass-5-minutes');
      const before = await site.store();
      equal((await see(visitor)).count, 1);
      ok(
        (await site.store()).writes > before.writes,
        'Reading must extend the deadline, but nothing was written',
      );
    },
  },
  {
    title: 'writes nothing when the session is read, if it is passive',
    async check(lab) {
      const site = await lab.serve('passive');
      const visitor = await site.visitor();
      await site.command('pass-5-minutes');
      const before = await site.store();
      equal((await see(visitor)).count, 1);
      equal((await site.store()).writes, before.writes);
    },
  },
  {
    title: 'renews no token when the session is read, if it is passive',
    async check(lab) {
      const site = await lab.serve('passive');
      const visitor = await site.visitor();
      await site.command('pass-20-minutes');
      const before = await site.store();
      const reply = await visitor.get('/text/session.show');
      equal(seenIn(reply).count, 1);
      deepEqual(reply.tokenCookies, []);
      equal((await site.store()).writes, before.writes);
    },
  },
  {
    title: 'serves one session if the same sessions are mounted twice',
    async check(lab) {
      const site = await lab.serve('twice');
      const visitor = site.stranger();
      const first = await visitor.post('/text/session.add');
      equal(first.tokenCookies.length, 1);
      equal((await visitor.post('/text/session.add')).status, 200);
      const before = await site.store();
      equal((await see(visitor)).count, 2);
      equal((await site.store()).reads, before.reads + 1);
    },
  },
  {
    title: 'rejects other sessions under a name that is in use',
    async check(lab) {
      // An adapter may reject this when it is mounted, or at each request.
      const site = await lab.serve('clash').catch((error: unknown) => error);
      if (!(site instanceof Site)) {
        equal(Object(site).code, 'ERR_CONFIG');
        return;
      }
      const reply = await site.stranger().post('/text/session.add');
      equal(reply.status, 500);
      deepEqual(reply.tokenCookies, []);
    },
  },
  {
    title: 'serves two session managers on one request, each with its own name and cookie',
    async check(lab) {
      const site = await lab.serve('two');
      const visitor = site.stranger();
      deepEqual((await visitor.post('/text/all.add')).result, [1, 1]);
      deepEqual([...(await visitor.cookies()).keys()].sort(), ['__Host-session', '__Host-staff']);
      equal((await visitor.post('/text/staff.sign-in')).status, 200);
      const [customer, staff] = [await see(visitor), await see(visitor, '/text/staff.show')];
      notEqual(customer.id, staff.id);
      deepEqual([customer.userId, staff.userId], [undefined, 'ada']);
    },
  },
];
