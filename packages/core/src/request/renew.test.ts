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

const lookOf = (of: SetUp, browser: Browser) =>
  browser.use(of.sessions, ({ id, userId, data, ended }) => ({
    id,
    userId,
    cart: data.cart,
    ended: ended?.reason,
  }));

describe('renew()', () => {
  it('draws a new secret for the same session, and the old token is dead at once', async () => {
    const of = setUp();
    const browser = await shopper(of);
    const before = browser.copy();
    const { session, answer } = await browser.load(of.sessions);
    await session.renew();
    expect((await lookOf(of, before)).ended).toBe('unknown');
    expect(setCookies(answer())).toHaveLength(1);
    expect(browser.token).not.toBe(before.token);
    expect(await lookOf(of, browser)).toEqual({
      id: browser.id,
      userId: 'alice',
      cart: ['coat'],
      ended: undefined,
    });
    expect(of.events[0]).toMatchObject({
      type: 'renewed',
      by: 'call',
      sessionId: browser.id,
      userId: 'alice',
    });
  });

  it('is one write, and leaves the user’s list alone', async () => {
    const of = setUp();
    const browser = await shopper(of);
    const { session } = await browser.load(of.sessions);
    of.store.forget();
    await session.renew();
    expect(of.store.calls).toMatchObject([{ operation: 'write', key: browser.id }]);
  });

  it('has no grace: neither the renewed nor the retired secrets of before open anything', async () => {
    const of = setUp();
    const browser = await shopper(of);
    of.clock.advance('16m');
    const retired = browser.copy();
    await browser.use(of.sessions, () => {});
    await browser.use(of.sessions, () => {});
    of.clock.advance('15m');
    const current = browser.copy();
    const next = browser.copy();
    await next.use(of.sessions, () => {});
    expect(next.token).not.toBe(current.token);
    await browser.use(of.sessions, (session) => session.renew());
    for (const old of [retired, current, next]) expect((await lookOf(of, old)).ended).toBe('unknown');
    expect((await lookOf(of, browser)).userId).toBe('alice');
  });

  it('goes on in the same request, and ends what other requests hold', async () => {
    const of = setUp();
    const browser = await shopper(of);
    const other = await browser.load(of.sessions);
    const { session, answer } = await browser.load(of.sessions);
    await session.renew();
    await session.update(add('hat'));
    await session.renew();
    await session.update(add('scarf'));
    answer();
    await failure(other.session.update(add('planted')), 'ERR_SESSION_ENDED');
    expect((await lookOf(of, browser)).cart).toEqual(['coat', 'hat', 'scarf']);
  });

  it('without a session fails: there is nothing to renew', async () => {
    const of = setUp();
    const { session } = await new Browser().load(of.sessions);
    await failure(session.renew(), 'ERR_SESSION_ENDED');
    expect(of.store.calls).toEqual([]);
  });

  it('in two requests at once is done by one: the other’s secret is dead by then', async () => {
    const of = setUp();
    const browser = await shopper(of);
    const [a, b] = [await browser.load(of.sessions), await browser.load(of.sessions)];
    const outcomes = await Promise.allSettled([a.session.renew(), b.session.renew()]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect(outcomes[1]).toMatchObject({ reason: { code: 'ERR_SESSION_ENDED' } });
    a.answer();
    expect((await lookOf(of, browser)).userId).toBe('alice');
  });

  it('keeps the session’s deadlines but for the use that it is', async () => {
    const of = setUp({ absoluteTimeout: '1h' });
    const browser = await shopper(of);
    of.clock.advance('20m');
    await browser.use(of.sessions, (session) => session.renew());
    of.clock.advance('20m');
    await browser.use(of.sessions, (session) => session.renew());
    of.clock.advance('20m');
    expect((await lookOf(of, browser)).ended).toBe('absolute');
  });
});
