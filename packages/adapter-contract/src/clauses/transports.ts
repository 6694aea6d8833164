import { deepEqual, equal, match, ok } from 'node:assert/strict';
import type { Clause } from '../clause.ts';
import type { Site } from '../lab.ts';
import type { Reply } from '../reply.ts';
import { DeviceKey } from './device-key.ts';
import { seenIn } from './seen.ts';

/** Lists the clauses about tokens outside cookies. */
export const transports: readonly Clause[] = [
  {
    title: 'opens a session with a bearer token, and sets no cookie',
    async check(lab) {
      const site = await lab.serve('tokens');
      const token = await tokenOf(site);
      const reply = await site.stranger().get('/text/session.show', ['authorization', `Bearer ${token}`]);
      opened(reply);
      deepEqual(reply.all('set-cookie'), []);
    },
  },
  {
    title: 'adds Authorization to Vary if the handler read the session',
    async check(lab) {
      const site = await lab.serve('tokens');
      const reply = await site.stranger().get('/text/session.show');
      ok(
        reply.list('vary').includes('authorization'),
        `Vary must include authorization; it is ${reply.list('vary').join(', ')}`,
      );
    },
  },
  {
    title: 'opens a session with a custom header',
    async check(lab) {
      const site = await lab.serve('tokens');
      opened(await site.stranger().get('/text/session.show', ['X-Session', await tokenOf(site)]));
    },
  },
  {
    title: 'opens a session with a query parameter, the first of its name',
    async check(lab) {
      const site = await lab.serve('tokens');
      const token = await tokenOf(site);
      opened(await site.stranger().get(`/text/session.show?session=${token}`));
      opened(await site.stranger().get(`/text/session.show?a=%E0%A4%A&session=${token}&session=junk`));
    },
  },
  {
    title: 'opens a session with a form field',
    async check(lab) {
      const site = await lab.serve('tokens');
      const session = await tokenOf(site);
      opened(await site.stranger().send('/text/session.show', { method: 'POST', form: { session } }));
    },
  },
  {
    title:
      'opens a session with a token and a proof for the method and URL of the request (DPoP), and without one to nobody',
    async check(lab) {
      const site = await lab.serve('proven');
      const key = new DeviceKey();
      const add = '/text/session.add-and-reveal';
      const refused = await site.stranger().post(add);
      equal(refused.status, 401);
      match(refused.all('www-authenticate').join(), /^DPoP error="invalid_dpop_proof"/);
      const begun = await site.stranger().post(add, ['dpop', key.proveRequest('POST', `${site.url}${add}`)]);
      const token = String(begun.result);
      const show = '/text/session.show';
      const proof = key.proveRequest('GET', `${site.url}${show}`, token);
      const authorization = ['authorization', `DPoP ${token}`] as const;
      opened(await site.stranger().get(`${show}?page=2`, authorization, ['dpop', proof]));
      const replies = [
        await site.stranger().get(show, authorization),
        await site.stranger().get(show, authorization, ['dpop', proof]),
        await site
          .stranger()
          .get(show, authorization, [
            'dpop',
            new DeviceKey().proveRequest('GET', `${site.url}${show}`, token),
          ]),
      ];
      for (const reply of replies) equal(seenIn(reply).ended, 'unbound');
    },
  },
  {
    title: "keeps the app's Referrer-Policy if it protects the token, and adds one if there is none",
    async check(lab) {
      const site = await lab.serve('tokens');
      const query = `?session=${await tokenOf(site)}`;
      for (const way of ['headers', 'raw-object', 'raw-array']) {
        const reply = await site.stranger().get(`/${way}/session.show${query}`);
        deepEqual(reply.all('referrer-policy'), ['no-referrer']);
      }
      const reply = await site.stranger().get(`/text/session.show${query}`);
      deepEqual(reply.all('referrer-policy'), ['same-origin']);
    },
  },
  {
    title: 'treats an invalid token as a visitor without a session',
    async check(lab) {
      const site = await lab.serve('tokens');
      const stranger = site.stranger();
      const path = '/text/session.show';
      const replies = [
        await stranger.get(path, ['authorization', 'Basic YTpi']),
        await stranger.get(path, ['authorization', 'Bearer']),
        await stranger.get(`${path}?session=&session[a]=b&session[]=c`),
        await stranger.get(`${path}?session[a]=b`),
        await stranger.get(`${path}?__proto__=1&session=%zz`),
        await stranger.send(path, { method: 'POST', form: { 'session[a]': 'b', session: '' } }),
        await stranger.post(path),
      ];
      for (const reply of replies) equal(seenIn(reply).id, undefined);
    },
  },
];

/** Creates a session and returns its token. */
async function tokenOf(site: Site): Promise<string> {
  const reply = await site.stranger().post('/text/session.add-and-reveal');
  const token = String(reply.result);
  match(token, /^[\w-]{65}$/);
  return token;
}

function opened(reply: Reply): void {
  equal(seenIn(reply).count, 1);
}
