import { describe, expect, it } from 'vitest';
import { Browser, setCookies } from '../../test/support/browser.ts';
import { failure, type SetUp, type ShopData, setUp } from '../../test/support/set-up.ts';

const add = (sku: string) => (data: ShopData) => data.cart.push(sku);

async function shopper({ sessions, store, events }: SetUp): Promise<Browser & { id: string }> {
  const browser = new Browser();
  const id = await browser.use(sessions, async (session) => {
    await session.update(add('coat'));
    await session.signIn('alice');
    return session.id ?? '';
  });
  store.forget();
  events.length = 0;
  return Object.assign(browser, { id });
}

const lookOf = (env: SetUp, browser: Browser) =>
  browser.use(env.sessions, ({ id, userId, data, ended }) => ({
    id,
    userId,
    cart: data.cart,
    ended: ended?.reason,
  }));

describe('renew()', () => {
  it('replaces the secret of the session and invalidates the old token at once', async () => {
    const env = setUp();
    const browser = await shopper(env);
    const before = browser.copy();
    const { session, respond } = await browser.load(env.sessions);
    await session.renew();
    expect((await lookOf(env, before)).ended).toBe('unknown');
    expect(setCookies(respond())).toHaveLength(1);
    expect(browser.token).not.toBe(before.token);
    expect(await lookOf(env, browser)).toEqual({
      id: browser.id,
      userId: 'alice',
      cart: ['coat'],
      ended: undefined,
    });
    expect(env.events[0]).toMatchObject({
      type: 'renewed',
      by: 'call',
      sessionId: browser.id,
      userId: 'alice',
    });
  });

  it('makes one write and leaves the user’s list alone', async () => {
    const env = setUp();
    const browser = await shopper(env);
    const { session } = await browser.load(env.sessions);
    env.store.forget();
    await session.renew();
    expect(env.store.calls).toMatchObject([{ operation: 'write', key: browser.id }]);
  });

  it('has no grace: no renewed or retired secret from before opens anything', async () => {
    const env = setUp();
    const browser = await shopper(env);
    env.clock.advance('16m');
    const retired = browser.copy();
    await browser.use(env.sessions, () => {});
    await browser.use(env.sessions, () => {});
    env.clock.advance('15m');
    const current = browser.copy();
    const next = browser.copy();
    await next.use(env.sessions, () => {});
    expect(next.token).not.toBe(current.token);
    await browser.use(env.sessions, (session) => session.renew());
    for (const old of [retired, current, next]) expect((await lookOf(env, old)).ended).toBe('unknown');
    expect((await lookOf(env, browser)).userId).toBe('alice');
  });

  it('continues in the same request and locks other loaded requests out', async () => {
    const env = setUp();
    const browser = await shopper(env);
    const other = await browser.load(env.sessions);
    const { session, respond } = await browser.load(env.sessions);
    await session.renew();
    await session.update(add('hat'));
    await session.renew();
    await session.update(add('scarf'));
    respond();
    await failure(other.session.update(add('planted')), 'ERR_SESSION_ENDED');
    expect((await lookOf(env, browser)).cart).toEqual(['coat', 'hat', 'scarf']);
  });

  it('rejects without a session', async () => {
    const env = setUp();
    const { session } = await new Browser().load(env.sessions);
    await failure(session.renew(), 'ERR_SESSION_ENDED');
    expect(env.store.calls).toEqual([]);
  });

  it('succeeds in one of two concurrent requests and rejects in the other', async () => {
    const env = setUp();
    const browser = await shopper(env);
    const [a, b] = [await browser.load(env.sessions), await browser.load(env.sessions)];
    const outcomes = await Promise.allSettled([a.session.renew(), b.session.renew()]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect(outcomes[1]).toMatchObject({ reason: { code: 'ERR_SESSION_ENDED' } });
    a.respond();
    expect((await lookOf(env, browser)).userId).toBe('alice');
  });

  it('keeps the absolute deadline and counts as a use', async () => {
    const env = setUp({ absoluteTimeout: '1h' });
    const browser = await shopper(env);
    env.clock.advance('20m');
    await browser.use(env.sessions, (session) => session.renew());
    env.clock.advance('20m');
    await browser.use(env.sessions, (session) => session.renew());
    env.clock.advance('20m');
    expect((await lookOf(env, browser)).ended).toBe('absolute');
  });
});
