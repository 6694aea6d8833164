import { describe, expect, it } from 'vitest';
import { Browser, setCookies } from '../../test/support/browser.ts';
import { FROM_ELSEWHERE } from '../../test/support/request.ts';
import { failure, type SetUp, type ShopData, setUp } from '../../test/support/set-up.ts';
import { gate } from '../../test/support/watched-store.ts';
import { cookie } from '../http/transports/cookie.ts';
import { bearer } from '../http/transports/plain.ts';
import type { Session } from '../session/session-types.ts';

async function shopper(
  { sessions, store, events }: SetUp,
  userId?: string,
): Promise<Browser & { id: string }> {
  const browser = new Browser();
  const id = await browser.use(sessions, async (session) => {
    await session.update({ cart: ['coat'] });
    if (userId !== undefined) await session.signIn(userId);
    return session.id ?? '';
  });
  store.forget();
  events.length = 0;
  return Object.assign(browser, { id });
}

const endedFor = (env: SetUp, browser: Browser) => browser.use(env.sessions, ({ ended }) => ended);
const add = (data: ShopData) => data.cart.push('hat');

describe('destroy()', () => {
  it('ends the session: the record is gone, and its token opens nothing (ASVS 7.4.1)', async () => {
    const env = setUp();
    const browser = await shopper(env);
    const copy = browser.copy();
    await browser.use(env.sessions, (session) => session.destroy());
    expect(env.store.size).toBe(0);
    expect(await endedFor(env, copy)).toEqual({ reason: 'unknown' });
  });

  it('leaves the visitor without a session, in the same request as well', async () => {
    const env = setUp();
    const browser = await shopper(env, 'alice');
    const { session } = await browser.load(env.sessions);
    await session.destroy();
    expect([session.id, session.userId, session.expiresAt, session.ended]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
    expect(session.data).toEqual({ cart: [] });
    await session.destroy();
    expect(env.types()).toEqual(['destroyed']);
  });

  it('removes the session from its user’s list', async () => {
    const env = setUp();
    const browser = await shopper(env, 'alice');
    await browser.use(env.sessions, (session) => session.destroy());
    expect(await env.sessions.list('alice')).toEqual([]);
  });

  it('works even if the data fails the schema or is not JSON', async () => {
    const env = setUp();
    const browser = await shopper(env);
    const record = await env.store.inner.read(browser.id);
    if (record === undefined) throw new Error('There is no record.');
    const body = record.body.replace(/\n.*/, '\nnot JSON');
    await env.store.inner.compareAndSet(browser.id, record.version, {
      ...record,
      version: record.version + 1,
      body,
    });
    const { session } = await browser.load(env.sessions);
    expect(() => session.data).toThrow(expect.objectContaining({ code: 'ERR_DATA_INVALID' }));
    await session.destroy();
    expect(env.store.size).toBe(0);
  });
});

describe('the cookie', () => {
  it.for([
    {},
    { domain: 'shop.example' },
    { path: '/shop', sameSite: 'strict' },
    { partitioned: true, sameSite: 'none' },
  ] as const)('is cleared with the attributes that set it: %j', async (options) => {
    const env = setUp({ transports: [cookie(options)] });
    const browser = new Browser();
    const first = await browser.load(env.sessions);
    await first.session.update({ note: 'x' });
    const [set = ''] = setCookies(first.respond());
    const { session, respond } = await browser.load(env.sessions);
    await session.destroy();
    const [cleared = ''] = setCookies(respond());
    const parts = (line: string) =>
      line
        .replace(/=[^;]*/, '=')
        .split('; ')
        .toSorted();
    expect(parts(cleared)).toEqual([...parts(set), 'Max-Age=0'].toSorted());
    expect(browser.cookie).toBeUndefined();
  });

  it('is not cleared if there was no session', async () => {
    const env = setUp();
    for (const browser of [new Browser(), await shopper(env)]) {
      if (browser.cookie !== undefined) env.clock.advance('31m');
      const { session, respond } = await browser.load(env.sessions);
      await session.destroy();
      expect(setCookies(respond())).toEqual([]);
    }
  });

  it('is not cleared by the second of two sign-outs, whose slow response could wipe a newer cookie', async () => {
    const env = setUp();
    const browser = await shopper(env);
    const slow = await browser.load(env.sessions);
    await browser.use(env.sessions, (session) => session.destroy());
    await browser.use(env.sessions, (session) => session.update({ note: 'new' }));
    await slow.session.destroy();
    expect(setCookies(slow.respond())).toEqual([]);
    expect(await browser.use(env.sessions, ({ data }) => data.note)).toBe('new');
  });

  it('is cleared for a retired secret within the grace, which is still accepted', async () => {
    const env = setUp();
    const browser = await shopper(env);
    env.clock.advance('16m');
    const before = browser.copy();
    await browser.use(env.sessions, () => {});
    await browser.use(env.sessions, () => {});
    env.events.length = 0;
    const { session, respond } = await before.load(env.sessions);
    await session.destroy();
    expect(setCookies(respond())).toHaveLength(1);
    expect(env.types()).toEqual(['destroyed']);
    expect(await endedFor(env, browser)).toEqual({ reason: 'unknown' });
  });

  it('carries the new token if the same request begins a new session', async () => {
    const env = setUp();
    const browser = await shopper(env);
    const { session, respond } = await browser.load(env.sessions);
    await session.destroy();
    await session.update({ note: 'new' });
    const lines = setCookies(respond());
    expect(lines).toHaveLength(1);
    expect(lines[0]).not.toContain('Max-Age');
    expect(await browser.use(env.sessions, ({ data }) => data.note)).toBe('new');
  });

  it('is not cleared if the token came by another transport', async () => {
    const env = setUp({ transports: [bearer()] });
    const first = await new Browser().load(env.sessions);
    await first.session.update({ note: 'x' });
    const headers = { authorization: `Bearer ${first.session.revealToken()}` };
    const { session, respond } = await new Browser().load(env.sessions, { headers });
    await session.destroy();
    expect(respond()).toEqual([['vary', 'authorization', 'append']]);
    expect(env.store.size).toBe(0);
  });
});

describe('a sign-out ends the session whatever secret it has by then', () => {
  it.for<[string, (session: Session<ShopData>) => Promise<unknown>]>([
    ['a sign-in', (session) => session.signIn('alice')],
    ['renew()', (session) => session.renew()],
  ])('beside %s that came first', async ([, replace]) => {
    const env = setUp();
    const browser = await shopper(env);
    const signOut = await browser.load(env.sessions);
    await browser.use(env.sessions, replace);
    await signOut.session.destroy();
    expect(setCookies(signOut.respond())[0]).toContain('Max-Age=0');
    expect(env.types()).toContain('destroyed');
    expect(await env.store.inner.read(browser.id)).toBeUndefined();
  });

  it('including the successor of a concurrent finish', async () => {
    const env = setUp();
    const browser = await shopper(env, 'alice');
    const signOut = await browser.load(env.sessions);
    await browser.use(env.sessions, (session) => session.finish('receipt', { keepUser: true }));
    await browser.use(env.sessions, (session) => session.finish('receipt', { keepUser: true }));
    await signOut.session.destroy();
    expect(await endedFor(env, browser)).toEqual({ reason: 'unknown' });
    expect(await env.sessions.list('alice')).toEqual([]);
  });

  it('even if a newer version of the software has written the record since', async () => {
    const env = setUp();
    const browser = await shopper(env);
    const { session } = await browser.load(env.sessions);
    const record = await env.store.inner.read(browser.id);
    if (record === undefined) throw new Error('There is no record.');
    const version = record.version + 1;
    await env.store.inner.compareAndSet(browser.id, record.version, { ...record, version, body: '[99]\n{}' });
    await session.destroy();
    expect(await env.store.inner.read(browser.id)).toBeUndefined();
  });
});

describe('a cookie that could not be cleared, since the response had begun', () => {
  async function signedOutLate(env: SetUp): Promise<Browser & { id: string }> {
    const browser = await shopper(env);
    const { session, visit } = await browser.load(env.sessions);
    visit.seal();
    await session.destroy();
    env.clock.advance(1);
    return browser;
  }

  it('is cleared once, by the next response to the cookie', async () => {
    const env = setUp();
    const browser = await signedOutLate(env);
    const next = await browser.load(env.sessions);
    const later = await browser.load(env.sessions);
    expect(setCookies(next.respond())[0]).toContain('Max-Age=0');
    expect(setCookies(later.respond())).toEqual([]);
    expect(browser.cookie).toBeUndefined();
  });

  it('is cleared even if a concurrent revocation ended the session first', async () => {
    const env = setUp();
    const browser = await shopper(env, 'alice');
    const { session, respond } = await browser.load(env.sessions);
    await env.sessions.revoke('alice', browser.id);
    await session.destroy();
    expect(setCookies(respond())).toEqual([]);
    env.clock.advance(1);
    expect(setCookies((await browser.load(env.sessions)).respond())[0]).toContain('Max-Age=0');
  });

  it('is left alone if a newer cookie could be overwritten', async () => {
    const env = setUp();
    const browser = await shopper(env);
    const before = await browser.load(env.sessions);
    const { session, visit } = await browser.load(env.sessions);
    visit.seal();
    await session.destroy();
    env.clock.advance(1);
    // The request was on its way before the sign-out.
    expect(setCookies(before.respond())).toEqual([]);
    const overtaken = await browser.load(env.sessions);
    await browser.use(env.sessions, (next) => next.signIn('alice'));
    // The response to a sign-in with that cookie came first.
    expect(setCookies(overtaken.respond())).toEqual([]);
    expect(await browser.use(env.sessions, ({ userId }) => userId)).toBe('alice');
  });

  it('is left alone by a response that comes more than 10 seconds later', async () => {
    const env = setUp();
    const browser = await signedOutLate(env);
    const slow = await browser.load(env.sessions);
    env.clock.advance('11s');
    expect(setCookies(slow.respond())).toEqual([]);
  });

  it('is not cleared for a request from another site', async () => {
    const env = setUp();
    const browser = await signedOutLate(env);
    const { respond } = await browser.load(env.sessions, { method: 'POST', headers: FROM_ELSEWHERE });
    expect(setCookies(respond())).toEqual([]);
  });
});

describe('an ended session', () => {
  it('is not revived by a slow request that loaded before the end', async () => {
    const env = setUp();
    const browser = await shopper(env);
    const slow = await browser.load(env.sessions);
    await browser.copy().use(env.sessions, (session) => session.destroy());
    await failure(slow.session.update(add), 'ERR_SESSION_ENDED');
    await failure(slow.session.renew(), 'ERR_SESSION_ENDED');
    await failure(slow.session.signIn('alice'), 'ERR_SESSION_ENDED');
    expect(await slow.session.finish('receipt')).toBe(false);
    const left = env.store.size;
    expect(await env.sessions.list('alice')).toEqual([]);
    expect(left).toBeLessThanOrEqual(1);
    expect(await env.store.inner.read(browser.id)).toBeUndefined();
    expect(setCookies(slow.respond())).toEqual([]);
  });

  it('is not revived by a write that was in progress when another process ended it', async () => {
    const env = setUp();
    const other = setUp({}, env);
    const browser = await shopper(env);
    const slow = await browser.load(env.sessions);
    const held = gate();
    env.store.before = ({ operation }) => (operation === 'write' ? held.wait() : undefined);
    const writing = slow.session.update(add);
    await held.reached;
    await browser.copy().use(other.sessions, (session) => session.destroy());
    held.open();
    await failure(writing, 'ERR_SESSION_ENDED');
    expect(env.store.size).toBe(0);
  });

  it('is not revived by a touch that was in progress', async () => {
    const env = setUp();
    const browser = await shopper(env);
    env.clock.advance('2m');
    const held = gate();
    env.store.before = ({ operation }) => (operation === 'write' ? held.wait() : undefined);
    const { session } = browser.open(env.sessions);
    const loading = session.load();
    await held.reached;
    env.store.before = () => undefined;
    await browser.copy().use(env.sessions, (other) => other.destroy(), {});
    held.open();
    await loading;
    expect(session.id).toBeUndefined();
    expect(session.ended).toEqual({ reason: 'unknown' });
    expect(env.store.size).toBe(0);
  });
});
