import { describe, expect, it, vi } from 'vitest';
import type { RequestView } from '../../src/http/request-view.ts';
import { cookie } from '../../src/http/transports/cookie.ts';
import { bearer, form, header, query } from '../../src/http/transports/plain.ts';
import type { StoreRecord } from '../../src/store/store.ts';
import { Browser, setCookies } from '../support/browser.ts';
import type { RequestParts } from '../support/request.ts';
import { request } from '../support/request.ts';
import { failure, type SetUp, type ShopData, setUp } from '../support/set-up.ts';

const NAME = '__Host-session';
const KEY = 'the-key-that-signs-tokens-from-now-on';
const OLD_KEY = 'the-key-that-signed-tokens-before-that';
const add = (sku: string) => (data: ShopData) => data.cart.push(sku);

async function shopper({ sessions, store, events }: SetUp, sku = 'coat'): Promise<Browser & { id: string }> {
  const browser = new Browser();
  const id = await browser.use(sessions, async (session) => {
    await session.update(add(sku));
    return session.id ?? '';
  });
  store.forget();
  events.length = 0;
  return Object.assign(browser, { id });
}

/** Loads what a cookie header opens, and lets the app look at it. */
async function visitWith(env: SetUp, line: string) {
  const visit = env.sessions.open(request({ headers: { cookie: line } }));
  await visit.session.load();
  return visit;
}

const JUNK: readonly (readonly [string, string])[] = [
  ['empty', ''],
  ['short', 'abc'],
  ['of 10 kB', 'A'.repeat(10_000)],
  ['with a character of plain base64', `+${'A'.repeat(64)}`],
  ['a session ID alone', 'A'.repeat(22)],
  ['of the right length, with unused bits set', `${'A'.repeat(64)}B`],
  ['percent-encoded', '%'.repeat(65)],
  ['a signed one where none are', `${'A'.repeat(65)}.${'A'.repeat(22)}`],
  ['not ASCII', 'ä'.repeat(65)],
];

describe('a malformed token', () => {
  it.for(JUNK)('that is %s opens no session and costs no store call', async ([, token]) => {
    const env = setUp();
    const { session, seal } = await visitWith(env, `${NAME}=${token}`).then((visit) => ({
      session: visit.session,
      seal: () => visit.seal(),
    }));
    expect(session.id).toBeUndefined();
    expect(session.data).toEqual({ cart: [] });
    expect(session.ended).toEqual({ reason: 'malformed' });
    expect(env.store.calls).toEqual([]);
    expect(env.events).toMatchObject([{ type: 'refused', reason: 'malformed' }]);
    expect(setCookies(seal())).toEqual([]);
  });

  it('does not stop the next write from creating a session', async () => {
    const env = setUp();
    const browser = new Browser();
    browser.cookie = `${NAME}=junk`;
    await browser.use(env.sessions, (session) => session.update(add('coat')));
    expect(await browser.use(env.sessions, ({ data }) => data.cart)).toEqual(['coat']);
  });
});

describe('an unknown token', () => {
  it('opens no session, and its ID is never adopted', async () => {
    const env = setUp();
    const planted = 'A'.repeat(65);
    const visit = await visitWith(env, `${NAME}=${planted}`);
    expect(visit.session.ended).toEqual({ reason: 'unknown' });
    await visit.session.update(add('coat'));
    expect(visit.session.id).not.toBe(planted.slice(0, 22));
    expect(setCookies(visit.seal())[0]).not.toContain(planted);
    expect(env.store.size).toBe(1);
  });

  it('with the ID of an existing session opens and reveals nothing, whatever the state', async () => {
    for (const end of ['open', 'finished', 'expired'] as const) {
      const env = setUp();
      const browser = await shopper(env);
      if (end === 'finished') await browser.use(env.sessions, (session) => session.finish('receipt'));
      if (end === 'expired') env.clock.advance('31m');
      env.store.forget();
      const visit = await visitWith(env, `${NAME}=${browser.id}${'A'.repeat(43)}`);
      expect(visit.session.ended).toEqual({ reason: 'unknown' });
      expect(visit.session.id).toBeUndefined();
      // Nothing but an expiry's deletion is written.
      const written = env.store.calls.filter(({ operation }) => operation !== 'read');
      expect(written.map(({ operation }) => operation)).toEqual(end === 'expired' ? ['delete'] : []);
    }
  });
});

describe('secrets', () => {
  it('reject a forged token without a store call', async () => {
    const env = setUp({ secrets: [KEY] });
    const browser = await shopper(env);
    const forged = browser.token.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'));
    const visit = await visitWith(env, `${NAME}=${forged}`);
    expect(visit.session.ended).toEqual({ reason: 'forged' });
    expect(env.store.calls).toEqual([]);
    expect(env.events).toMatchObject([{ type: 'refused', reason: 'forged' }]);
  });

  it('rotate: tokens of an earlier key stay valid, and the first key signs new ones', async () => {
    const before = setUp({ secrets: [OLD_KEY] });
    const browser = await shopper(before);
    const after = setUp({ secrets: [KEY, OLD_KEY] }, before);
    expect(await browser.use(after.sessions, ({ data }) => data.cart)).toEqual(['coat']);
    await browser.use(after.sessions, (session) => session.renew());
    const later = setUp({ secrets: [KEY] }, before);
    expect(await browser.use(later.sessions, ({ data }) => data.cart)).toEqual(['coat']);
  });

  it('reject the tokens of a key that was removed', async () => {
    const before = setUp({ secrets: [OLD_KEY] });
    const browser = await shopper(before);
    const after = setUp({ secrets: [KEY] }, before);
    expect(await browser.use(after.sessions, ({ ended }) => ended)).toEqual({ reason: 'forged' });
  });
});

describe('a record that cannot be read', () => {
  /** Replaces the body of a session's record. */
  async function damage(env: SetUp, id: string, bodyFrom: (body: string) => string): Promise<StoreRecord> {
    const record = await env.store.inner.read(id);
    if (record === undefined) throw new Error('There is no record.');
    const damaged = { ...record, version: record.version + 1, body: bodyFrom(record.body) };
    await env.store.inner.compareAndSet(id, record.version, damaged);
    return damaged;
  }

  it.for([
    ['corrupt', () => 'not a record', 'unknown'],
    ['of a newer format', (body: string) => body.replace('[1,', '[2,'), 'unreadable'],
    ['of a newer format, for somebody else', () => '[2,"",0,"another hash"]\n{}', 'unknown'],
    ['empty', () => '', 'unknown'],
  ] as const)(
    '(%s) gives a visitor without a session and an event, and is left as it is',
    async ([, bodyFrom, reason]) => {
      const env = setUp();
      const browser = await shopper(env);
      const damaged = await damage(env, browser.id, bodyFrom);
      const { session } = await browser.load(env.sessions);
      expect(session.id).toBeUndefined();
      expect(session.ended).toEqual({ reason });
      expect(env.events).toMatchObject([{ type: 'refused', reason: 'unreadable' }]);
      await session.update(add('hat'));
      expect(await env.store.inner.read(browser.id)).toEqual(damaged);
    },
  );

  it('looks like an unknown one to a client that has the ID alone', async () => {
    const env = setUp();
    const browser = await shopper(env);
    await damage(env, browser.id, (body) => body.replace('[1,', '[2,'));
    const { session } = await visitWith(env, `${NAME}=${browser.id}${'A'.repeat(43)}`);
    expect(session.ended).toEqual({ reason: 'unknown' });
    expect(env.events).toMatchObject([{ type: 'refused', reason: 'unreadable' }]);
  });
});

describe('a guessed secret', () => {
  it('costs the same parsing for an ID without a session, for one with a session, and for one that was read before', async () => {
    const env = setUp();
    const browser = await shopper(env);
    const parse = vi.spyOn(JSON, 'parse');
    const parsesFor = async (id: string) => {
      parse.mockClear();
      const { session } = await visitWith(env, `${NAME}=${id}${'A'.repeat(43)}`);
      expect(session.ended).toEqual({ reason: 'unknown' });
      return parse.mock.calls.length;
    };
    const counts = [await parsesFor('A'.repeat(22))];
    for (let i = 0; i < 3; i += 1) counts.push(await parsesFor(browser.id));
    parse.mockRestore();
    expect(counts).toEqual([1, 1, 1, 1]);
  });
});

describe('several cookies with the name', () => {
  it('are each tried, so a valid one is found beside junk', async () => {
    const env = setUp();
    const browser = await shopper(env);
    const good = `${NAME}=${browser.token}`;
    for (const line of [
      `${NAME}=junk; ${good}`,
      `${good}; ${NAME}=junk`,
      `${NAME}=${'A'.repeat(65)}; ${good}`,
    ]) {
      expect((await visitWith(env, line)).session.id).toBe(browser.id);
    }
  });

  it('open no session if they open different ones, since one may be planted', async () => {
    const env = setUp();
    const [mine, planted] = [await shopper(env), await shopper(env)];
    for (const [a, b] of [
      [mine, planted],
      [planted, mine],
    ]) {
      env.events.length = 0;
      const { session } = await visitWith(env, `${NAME}=${a?.token}; ${NAME}=${b?.token}`);
      expect(session.id).toBeUndefined();
      expect(session.ended).toEqual({ reason: 'ambiguous' });
      expect(env.events).toMatchObject([{ type: 'refused', reason: 'ambiguous' }]);
    }
  });

  it('open the session if they all open the same one', async () => {
    const env = setUp();
    const browser = await shopper(env);
    env.clock.advance('16m');
    const before = browser.copy();
    await browser.use(env.sessions, () => {});
    expect(browser.token).not.toBe(before.token);
    const { session } = await visitWith(env, `${NAME}=${before.token}; ${NAME}=${browser.token}`);
    expect(session.id).toBe(browser.id);
  });

  it('are tried up to the fourth', async () => {
    const env = setUp();
    const browser = await shopper(env);
    const junk = (count: number) => Array.from({ length: count }, (_, i) => `${NAME}=junk${i}`).join('; ');
    expect((await visitWith(env, `${junk(3)}; ${NAME}=${browser.token}`)).session.id).toBe(browser.id);
    expect((await visitWith(env, `${junk(4)}; ${NAME}=${browser.token}`)).session.id).toBeUndefined();
  });

  it('report the most specific reason if none opens a session', async () => {
    const env = setUp();
    const browser = await shopper(env);
    env.clock.advance('31m');
    const { session } = await visitWith(env, `${NAME}=junk; ${NAME}=${browser.token}`);
    expect(session.ended).toEqual({ reason: 'idle' });
  });
});

describe('transports', () => {
  const all = [cookie(), bearer(), header('x-session'), query('s'), form('s')];

  /** Grants a session by a transport, and gives its token. */
  async function grantBy(
    transport: (typeof all)[number],
  ): Promise<{ env: SetUp; token: string; id: string }> {
    const env = setUp({ transports: [transport] });
    const visit = env.sessions.open(request({ method: 'POST' }));
    await visit.session.load();
    await visit.session.update(add('coat'));
    return { env, token: visit.session.revealToken() ?? '', id: visit.session.id ?? '' };
  }

  it.for<[string, (typeof all)[number], (token: string) => RequestParts]>([
    ['bearer', bearer(), (token) => ({ headers: { authorization: `Bearer ${token}` } })],
    ['header', header('x-session'), (token) => ({ headers: { 'x-session': token } })],
    ['query', query('s'), (token) => ({ query: { s: token } })],
    ['form', form('s'), (token) => ({ method: 'POST', form: { s: token } })],
  ])('%s: a grant is revealed, not set, and what is presented opens', async ([, transport, parts]) => {
    const { env, token, id } = await grantBy(transport);
    expect(token).toMatch(/^[\w-]{65}$/);
    const visit = env.sessions.open(request(parts(token)));
    await visit.session.load();
    expect(visit.session.id).toBe(id);
    expect(visit.session.revealToken()).toBe(token);
    expect(setCookies(visit.seal())).toEqual([]);
  });

  it('never reveal the token of a cookie', async () => {
    const { token } = await grantBy(cookie());
    expect(token).toBe('');
    const env = setUp();
    const browser = await shopper(env);
    expect(await browser.use(env.sessions, (session) => session.revealToken())).toBeUndefined();
  });

  it('reveal a new token as soon as it exists', async () => {
    const { env, token } = await grantBy(bearer());
    const visit = env.sessions.open(request({ headers: { authorization: `Bearer ${token}` } }));
    await visit.session.load();
    await visit.session.renew();
    const renewed = visit.session.revealToken() ?? '';
    expect(renewed).not.toBe(token);
    const next = env.sessions.open(request({ headers: { authorization: `Bearer ${renewed}` } }));
    await next.session.load();
    expect(next.session.id).toBe(visit.session.id);
    await next.session.destroy();
    expect(next.session.revealToken()).toBeUndefined();
  });

  it.for(['method', 'host', 'ip', 'header', 'query', 'form'] as const)(
    'treat a request view whose %s throws as a request without a token',
    async (part) => {
      const env = setUp({ transports: [query('s'), form('s'), bearer(), cookie()], trustedOrigins: [] });
      const broken: RequestView = {
        ...request({ method: 'POST' }),
        get [part](): never {
          throw new TypeError('Invalid URL');
        },
      };
      const visit = env.sessions.open(broken);
      await visit.session.load();
      expect(visit.session.id).toBeUndefined();
      expect(() => visit.seal()).not.toThrow();
      expect(() => env.sessions.open(broken).seal()).not.toThrow();
    },
  );

  it('treat a request whose headers cannot be read as one from another site', async () => {
    const env = setUp();
    const view = request({ method: 'POST' });
    const header = () => {
      throw new TypeError('Invalid header');
    };
    const { session } = env.sessions.open({ ...view, header });
    await failure(session.update({ note: 'x' }), 'ERR_CROSS_SITE');
  });

  it('leave the token out and emit an event if sending it throws', async () => {
    const issue = () => {
      throw new TypeError('No cookies today');
    };
    const env = setUp({ transports: [{ ...cookie(), issue }] });
    const { session, visit } = await new Browser().load(env.sessions);
    await session.update(add('coat'));
    expect(visit.seal()).toEqual([]);
    expect(env.events.at(-1)).toMatchObject({ type: 'call-failed', call: 'seal', code: undefined });
  });

  it('use the first transport that carries a token, without falling through', async () => {
    const env = setUp({ transports: [cookie(), bearer()] });
    const browser = await shopper(env);
    const parts = (token: string): RequestParts => ({
      headers: { cookie: `${NAME}=junk`, authorization: `Bearer ${token}` },
    });
    const visit = env.sessions.open(request(parts(browser.token)));
    await visit.session.load();
    expect(visit.session.ended).toEqual({ reason: 'malformed' });
    expect(env.store.calls).toEqual([]);
  });

  it('use the next transport if one carries no token', async () => {
    const env = setUp({ transports: all });
    const browser = await shopper(env);
    for (const parts of [
      { headers: { authorization: `Bearer ${browser.token}` } },
      { headers: { 'x-session': browser.token } },
      { query: { s: browser.token } },
      { form: { s: browser.token } },
    ]) {
      const visit = env.sessions.open(request(parts));
      await visit.session.load();
      expect(visit.session.id).toBe(browser.id);
    }
  });

  it('send a new token by the transport that the request used, otherwise by the first', async () => {
    const env = setUp({ transports: [cookie(), bearer()] });
    const used = env.sessions.open(request({ headers: { authorization: `Bearer ${'A'.repeat(65)}` } }));
    await used.session.load();
    await used.session.update(add('coat'));
    expect(used.session.revealToken()).toBeDefined();
    expect(setCookies(used.seal())).toEqual([]);
    const none = env.sessions.open(request());
    await none.session.load();
    await none.session.update(add('coat'));
    expect(none.session.revealToken()).toBeUndefined();
    expect(setCookies(none.seal())).toHaveLength(1);
  });

  it.for([
    ['query', { query: { s: 'TOKEN' } }],
    ['form', { form: { s: 'TOKEN' } }],
  ] as const)('a %s token that another site sent is refused: it may be planted', async ([kind, parts]) => {
    const transport = kind === 'query' ? query('s') : form('s');
    const { env, token, id } = await grantBy(transport);
    env.store.forget();
    const open = async (site: string | undefined) => {
      const headers = site === undefined ? {} : { 'sec-fetch-site': site };
      const replaced: RequestParts = JSON.parse(JSON.stringify(parts).replace('TOKEN', token));
      const visit = env.sessions.open(request({ ...replaced, method: 'POST', headers }));
      await visit.session.load();
      return visit.session;
    };
    for (const site of ['cross-site', 'same-site']) {
      const session = await open(site);
      expect(session.id).toBeUndefined();
      expect(session.ended).toEqual({ reason: 'cross-site' });
    }
    expect(env.store.calls).toEqual([]);
    for (const site of ['same-origin', 'none', undefined]) expect((await open(site)).id).toBe(id);
  });
});
