import { describe, expect, it } from 'vitest';
import { cookie } from '../../src/http/transports/cookie.ts';
import { bearer, form, query } from '../../src/http/transports/plain.ts';
import type { Transport } from '../../src/http/transports/transport.ts';
import type { Session } from '../../src/session/session-types.ts';
import { Browser } from '../support/browser.ts';
import { FROM_ELSEWHERE, type RequestParts, request } from '../support/request.ts';
import { failure, type SetUp, type ShopData, setUp, thrown } from '../support/set-up.ts';

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
  it('has no session, whatever cookie it carries', async () => {
    const env = setUp();
    const browser = await shopper(env);
    const { session } = await browser.load(env.sessions, POSTED);
    expect(session.id).toBeUndefined();
    expect(session.userId).toBeUndefined();
    expect(session.data).toEqual({ cart: [] });
    expect(session.ended).toEqual({ reason: 'cross-site' });
    expect(env.store.calls).toEqual([]);
  });

  it.for(WRITES)('rejects %s with status 403', async ([, write]) => {
    const env = setUp();
    const browser = await shopper(env);
    const { session, respond } = await browser.load(env.sessions, POSTED);
    const error = await failure(write(session), 'ERR_CROSS_SITE');
    expect(error.status).toBe(403);
    expect(error.message).toContain('trustedOrigins');
    expect(env.store.calls).toEqual([]);
    expect(respond().map(([name]) => name)).toEqual(['vary']);
    expect(await browser.use(env.sessions, ({ userId, data }) => [userId, data.cart])).toEqual([
      'alice',
      ['coat'],
    ]);
  });

  it.for(WRITES)(
    '%s is refused also without a cookie: nobody is signed in as somebody else',
    async ([, write]) => {
      const env = setUp();
      const { session, respond } = await new Browser().load(env.sessions, POSTED);
      await failure(write(session), 'ERR_CROSS_SITE');
      expect(env.store.calls).toEqual([]);
      expect(respond().map(([name]) => name)).toEqual(['vary']);
    },
  );

  it('emits the origin and the address', async () => {
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

  it('gets no session at the first visit', async () => {
    const env = setUp({ grant: 'first-visit' });
    const { session, respond } = await new Browser().load(env.sessions, POSTED);
    expect(session.id).toBeUndefined();
    expect(respond().filter(([name]) => name === 'set-cookie')).toEqual([]);
    expect(env.store.calls).toEqual([]);
  });

  it('is recognised by Origin if the browser sends no Sec-Fetch-Site', async () => {
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

it('rejects a WebSocket that a page of another site opens', async () => {
  const env = setUp();
  const browser = await shopper(env);
  const headers = { ...FROM_ELSEWHERE, upgrade: 'websocket' };
  const { session } = await browser.load(env.sessions, { method: 'GET', headers });
  expect(session.ended).toEqual({ reason: 'cross-site' });
  await failure(session.update({ note: 'x' }), 'ERR_CROSS_SITE');
});

describe('a token in a link or form', () => {
  const transports = [cookie(), query('s'), form('s')];
  const planted = 'A'.repeat(65);

  it.for<[string, RequestParts]>([
    ['in the query of a write', { query: { s: planted } }],
    ['in the form of a write', { form: { s: planted } }],
    ['that is no token', { query: { s: 'x' } }],
  ])('%s does not let another site sign the visitor in', async ([, parts]) => {
    const env = setUp({ transports });
    for (const headers of [FROM_ELSEWHERE, { origin: 'https://evil.example' }]) {
      const { session } = await new Browser().load(env.sessions, { ...parts, method: 'POST', headers });
      await failure(session.signIn('mallory'), 'ERR_CROSS_SITE');
    }
    expect(env.store.calls).toEqual([]);
  });

  it('is not needed for the rule to apply, since the response to a sign-in would carry one', async () => {
    for (const transport of [query('s'), form('s')]) {
      const env = setUp({ transports: [transport] });
      const { visit, session } = await new Browser().load(env.sessions, POSTED);
      await failure(session.signIn('mallory'), 'ERR_CROSS_SITE');
      thrown(() => visit.refuseCrossSite(), 'ERR_CROSS_SITE');
    }
  });

  it('opens no session if another site planted it, and nothing can be written', async () => {
    const env = setUp({ transports });
    const parts: RequestParts = { query: { s: planted }, headers: { 'sec-fetch-site': 'cross-site' } };
    const { session, visit } = await new Browser().load(env.sessions, parts);
    expect(session.ended).toEqual({ reason: 'cross-site' });
    await failure(session.update({ note: 'x' }), 'ERR_CROSS_SITE');
    expect(() => visit.refuseCrossSite()).not.toThrow();
  });
});

describe('refuseCrossSite()', () => {
  it('throws for a write from another site before the load, and the session stays readable', async () => {
    const env = setUp({ grant: 'first-visit' });
    const browser = await shopper(env);
    const { visit, session } = browser.open(env.sessions, POSTED);
    const { status } = thrown(() => visit.refuseCrossSite(), 'ERR_CROSS_SITE');
    expect(status).toBe(403);
    expect([session.id, session.ended]).toEqual([undefined, { reason: 'cross-site' }]);
    expect(env.types()).toEqual(['refused']);
    expect(env.store.calls).toEqual([]);
  });

  it('does not throw for other requests', async () => {
    const env = setUp();
    const browser = await shopper(env);
    for (const parts of [{}, { method: 'POST' }, { headers: FROM_ELSEWHERE }]) {
      const { visit, session } = browser.open(env.sessions, parts);
      visit.refuseCrossSite();
      expect((await session.load()).userId).toBe('alice');
    }
  });
});

describe('a custom transport', () => {
  const device = (sentAutomatically: boolean): Transport => ({
    sentAutomatically,
    inPageOrUrl: false,
    vary: 'X-Device',
    read: (view) => [view.header('x-device') ?? ''].filter((token) => token !== ''),
    issue: (token) => [['x-device', token, 'set']],
    clear: () => [['x-device', '', 'set']],
  });

  async function tokenBy(env: SetUp): Promise<string> {
    const { session, visit } = await new Browser().load(env.sessions, { method: 'POST' });
    await session.update({ cart: ['coat'] });
    return visit.seal().find(([name]) => name === 'x-device')?.[1] ?? '';
  }

  it('falls under the rule if its token is sent automatically, and not otherwise', async () => {
    for (const sentAutomatically of [true, false]) {
      const env = setUp({ transports: [device(sentAutomatically)] });
      const headers = { ...FROM_ELSEWHERE, 'x-device': await tokenBy(env) };
      const { session } = await new Browser().load(env.sessions, { method: 'POST', headers });
      const writing = session.update({ note: 'planted' });
      if (sentAutomatically) await failure(writing, 'ERR_CROSS_SITE');
      else await writing;
    }
  });

  it('is renewed by the timer if its token is sent automatically, and not otherwise', async () => {
    for (const sentAutomatically of [true, false]) {
      const env = setUp({ transports: [device(sentAutomatically)] });
      const token = await tokenBy(env);
      env.clock.advance('16m');
      const { visit } = await new Browser().load(env.sessions, { headers: { 'x-device': token } });
      const sent = visit.seal().filter(([name]) => name === 'x-device');
      expect(sent).toHaveLength(sentAutomatically ? 1 : 0);
      expect(env.types().includes('renewed')).toBe(sentAutomatically);
    }
  });

  it('cannot escape the rule by reading the cookie while it says that its token is not sent automatically', async () => {
    const stealthy: Transport = {
      ...device(false),
      read: (view) => [view.header('cookie') ?? ''].filter((token) => token !== ''),
    };
    const env = setUp({ transports: [stealthy] });
    const headers = { ...FROM_ELSEWHERE, cookie: await tokenBy(env) };
    const { session } = await new Browser().load(env.sessions, { method: 'POST', headers });
    expect(session.id).toBeUndefined();
  });
});

it('does not apply the rule to a bearer token, which no browser sends by itself', async () => {
  const env = setUp({ transports: [cookie(), bearer()] });
  const browser = await shopper(env);
  const headers = { ...FROM_ELSEWHERE, authorization: `Bearer ${browser.token}` };
  const visit = env.sessions.open(request({ method: 'POST', headers }));
  await visit.session.load();
  await visit.session.update({ note: 'by an app' });
  expect(visit.session.userId).toBe('alice');
});
