import { deepEqual, equal, match, ok } from 'node:assert/strict';
import type { Clause } from '../clause.ts';
import type { Site } from '../lab.ts';
import type { Reply } from '../reply.ts';
import { parseCookie, type Visitor } from '../visitor.ts';
import { DeviceKey } from './device-key.ts';
import { see } from './seen.ts';

const PATH = '/session/device';

/** Lists the clauses about sessions that are bound to the visitor's device. */
export const devices: readonly Clause[] = [
  {
    title:
      'lets the browser bind a session to its device and prove that it has the key, before the app sees the request',
    async check(lab) {
      const site = await lab.serve('bound');
      const before = await site.command('performed');
      const { visitor, key, id, registered } = await bind(site);
      const thief = await visitor.copy();
      const [line = ''] = registered.all('set-cookie');
      const { key: name } = parseCookie(line);
      const { credentials }: { credentials: unknown } = JSON.parse(registered.text);
      deepEqual(credentials, [{ type: 'cookie', name, attributes: line.split('; ').slice(2).join('; ') }]);
      equal((await see(visitor)).userId, 'ada');
      await site.command('pass-20-minutes');
      const { status, challenge } = await ask(visitor, id);
      equal(status, 403);
      const proof = key.prove(challenge);
      const refreshed = await visitor.post(
        PATH,
        ['sec-secure-session-id', id],
        ['secure-session-response', proof],
      );
      equal(refreshed.status, 200);
      equal(refreshed.all('set-cookie').length, 1);
      equal((await see(visitor)).userId, 'ada');
      equal((await see(thief)).ended, 'unbound');
      // The sign-in and three looks; no request of the browser itself.
      equal(Number(await site.command('performed')) - Number(before), 4);
    },
  },
  {
    title: 'responds with 503 to the browser while the store fails, so that it keeps the binding',
    async check(lab) {
      const site = await lab.serve('bound');
      const { visitor, id } = await bind(site);
      await site.command('break-store');
      equal((await ask(visitor, id)).status, 503);
      await site.command('mend-store');
      equal((await ask(visitor, id)).status, 403);
    },
  },
  {
    title: 'leaves the path of the browser to the app for other methods, and without the option',
    async check(lab) {
      const bound = (await lab.serve('bound')).stranger();
      equal((await bound.get(PATH)).status, 404);
      equal((await (await lab.serve()).stranger().post(PATH)).status, 404);
    },
  },
];

/** Signs a visitor in and registers the key of the device. */
async function bind(site: Site): Promise<{
  readonly visitor: Visitor;
  readonly key: DeviceKey;
  readonly id: string;
  readonly registered: Reply;
}> {
  const visitor = site.stranger();
  const [offer = ''] = (await visitor.post('/text/session.sign-in')).all('secure-session-registration');
  match(offer, /^\(ES256 RS256\);path="\/session\/device";challenge="[\w.-]+"$/);
  const key = new DeviceKey();
  const proof = key.prove(offer.split('"')[3] ?? '', true);
  const registered = await visitor.post(PATH, ['secure-session-response', proof]);
  equal(
    registered.status,
    200,
    `The registration must succeed; the response has status ${registered.status}`,
  );
  match(registered.all('content-type').join(), /^application\/json/);
  deepEqual(registered.all('cache-control'), ['no-store']);
  const { session_identifier: id }: { session_identifier?: unknown } = JSON.parse(registered.text);
  ok(typeof id === 'string', 'The registration must name the binding');
  return { visitor, key, id, registered };
}

/** Asks for a challenge, as a browser does that has none. */
async function ask(
  visitor: Visitor,
  id: string,
): Promise<{ readonly status: number; readonly challenge: string }> {
  const reply = await visitor.post(PATH, ['sec-secure-session-id', id]);
  const [header = ''] = reply.all('secure-session-challenge');
  return { status: reply.status, challenge: header.split('"')[1] ?? '' };
}
