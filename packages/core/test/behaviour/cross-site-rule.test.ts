import { describe, expect, it } from 'vitest';
import { cookie } from '../../src/http/transports/cookie.ts';
import { bearer } from '../../src/http/transports/plain.ts';
import type { Session } from '../../src/session/session-types.ts';
import { Browser } from '../support/browser.ts';
import { FROM_ELSEWHERE, type RequestParts, request } from '../support/request.ts';
import { failure, type SetUp, type ShopData, setUp } from '../support/set-up.ts';

const POSTED: RequestParts = { method: 'POST', headers: FROM_ELSEWHERE };

async function shopper({ sessions, store, events }: SetUp): Promise<Browser> {
  const browser = new Browser();
  await browser.use(sessions, async (session) => {
    await session.update({ cart: ['coat'] });
    await session.signIn('alice');
  });
  store.forget();
  events.length = 0;
  return browser;
}

const WRITES: readonly (readonly [string, (session: Session<ShopData>) => Promise<unknown>])[] = [
  ['update', (session) => session.update({ note: 'planted' })],
  ['signIn', (session) => session.signIn('mallory')],
  ['renew', (session) => session.renew()],
  ['finish', (session) => session.finish('receipt')],
  ['destroy', (session) => session.destroy()],
];

describe('a write that a page of another site sent', () => {
  it('is a visitor without a session, whatever cookie came along', async () => {
    const env = setUp();
    const browser = await shopper(env);
    const { session } = await browser.load(env.sessions, POSTED);
    expect(session.id).toBeUndefined();
    expect(session.userId).toBeUndefined();
    expect(session.data).toEqual({ cart: [] });
    expect(session.ended).toEqual({ reason: 'cross-site' });
    expect(env.store.calls).toEqual([]);
  });

  it.for(WRITES)('%s is refused with status 403', async ([, write]) => {
    const env = setUp();
    const browser = await shopper(env);
    const { session, answer } = await browser.load(env.sessions, POSTED);
    const error = await failure(write(session), 'ERR_CROSS_SITE');
    expect(error.status).toBe(403);
    expect(error.message).toContain('trustedOrigins');
    expect(env.store.calls).toEqual([]);
    expect(answer().map(([name]) => name)).toEqual(['vary']);
    expect(await browser.use(env.sessions, ({ userId, data }) => [userId, data.cart])).toEqual([
      'alice',
      ['coat'],
    ]);
  });

  it.for(WRITES)(
    '%s is refused also without a cookie: nobody is signed in as somebody else',
    async ([, write]) => {
      const env = setUp();
      const { session, answer } = await new Browser().load(env.sessions, POSTED);
      await failure(write(session), 'ERR_CROSS_SITE');
      expect(env.store.calls).toEqual([]);
      expect(answer().map(([name]) => name)).toEqual(['vary']);
    },
  );

  it('tells the listener the origin and the address', async () => {
    const env = setUp();
    const browser = await shopper(env);
    await browser.load(env.sessions, POSTED);
    expect(env.events).toEqual([
      {
        type: 'refused',
        reason: 'cross-site',
        origin: 'https://evil.example',
        ip: '203.0.113.7',
        at: env.clock.now(),
        sessionId: undefined,
        userId: undefined,
      },
    ]);
  });

  it('is granted nothing at its first visit', async () => {
    const env = setUp({ grant: 'first-visit' });
    const { session, answer } = await new Browser().load(env.sessions, POSTED);
    expect(session.id).toBeUndefined();
    expect(answer().filter(([name]) => name === 'set-cookie')).toEqual([]);
    expect(env.store.calls).toEqual([]);
  });

  it('is told by Origin where the browser sends no Sec-Fetch-Site', async () => {
    const env = setUp();
    const browser = await shopper(env);
    const headers = { origin: 'https://evil.example' };
    const { session } = await browser.load(env.sessions, { method: 'POST', headers });
    expect(session.ended).toEqual({ reason: 'cross-site' });
  });
});

describe('what passes', () => {
  it.for<[string, RequestParts]>([
    ['a look from another site, such as a link', { method: 'GET', headers: FROM_ELSEWHERE }],
    ['a write from the same origin', { method: 'POST', headers: { 'sec-fetch-site': 'same-origin' } }],
    [
      'a write from the same host, by an old browser',
      { method: 'POST', headers: { origin: 'https://shop.example' } },
    ],
    ['a write by a client that is no browser', { method: 'POST' }],
    [
      'a write from a trusted origin',
      { method: 'POST', headers: { 'sec-fetch-site': 'cross-site', origin: 'https://pay.example' } },
    ],
  ])('%s', async ([, parts]) => {
    const env = setUp({ trustedOrigins: ['https://pay.example'] });
    const browser = await shopper(env);
    const { session } = await browser.load(env.sessions, parts);
    expect(session.userId).toBe('alice');
    await session.update({ note: 'fine' });
  });
});

it('a WebSocket that another site’s page opens is refused', async () => {
  const env = setUp();
  const browser = await shopper(env);
  const headers = { ...FROM_ELSEWHERE, upgrade: 'websocket' };
  const { session } = await browser.load(env.sessions, { method: 'GET', headers });
  expect(session.ended).toEqual({ reason: 'cross-site' });
  await failure(session.update({ note: 'x' }), 'ERR_CROSS_SITE');
});

it('the rule is for cookies: a bearer token is sent by who holds it', async () => {
  const env = setUp({ transports: [cookie(), bearer()] });
  const browser = await shopper(env);
  const headers = { ...FROM_ELSEWHERE, authorization: `Bearer ${browser.token}` };
  const visit = env.sessions.open(request({ method: 'POST', headers }));
  await visit.session.load();
  await visit.session.update({ note: 'by an app' });
  expect(visit.session.userId).toBe('alice');
});
