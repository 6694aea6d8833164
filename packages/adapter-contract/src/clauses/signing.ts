import { deepEqual, equal, notEqual, ok } from 'node:assert/strict';
import type { Clause } from '../clause.ts';
import { parseCookie } from '../visitor.ts';
import { see } from './seen.ts';

/** Lists the clauses about signing in and out. */
export const signing: readonly Clause[] = [
  {
    title: 'invalidates the old token at sign-in, and keeps the session',
    async check(lab) {
      const site = await lab.serve();
      const visitor = await site.visitor();
      const thief = await visitor.copy();
      const { id } = await see(visitor);
      equal((await visitor.post('/text/session.sign-in')).status, 200);
      deepEqual(await see(visitor), { id, count: 1, userId: 'ada', ended: undefined });
      deepEqual(await see(thief), { id: undefined, count: 0, userId: undefined, ended: 'unknown' });
    },
  },
  {
    title: 'clears the cookie at destroy with the attributes that set it, and a copied token opens nothing',
    async check(lab) {
      const site = await lab.serve();
      const visitor = site.stranger();
      const [issued] = (await visitor.post('/text/session.add')).tokenCookies;
      const thief = await visitor.copy();
      const [cleared, ...more] = (await visitor.post('/text/session.destroy')).tokenCookies;
      ok(
        issued !== undefined && cleared !== undefined && more.length === 0,
        'The response must clear exactly one cookie',
      );
      deepEqual(attributesOf(cleared), attributesOf(issued));
      notEqual(parseCookie(cleared).value, parseCookie(issued).value);
      equal((await visitor.cookies()).size, 0);
      equal((await see(thief)).id, undefined);
    },
  },
];

function attributesOf(line: string): object {
  const { key, path, domain, secure, httpOnly, sameSite, extensions } = parseCookie(line);
  return { key, path, domain, secure, httpOnly, sameSite, extensions };
}
