import { describe, expect, it } from 'vitest';
import { Browser, setCookies } from '../../test/support/browser.ts';
import { failure, type SetUp, type ShopData, setUp } from '../../test/support/set-up.ts';
import { gate } from '../../test/support/watched-store.ts';
import { cookie } from '../http/transports/cookie.ts';
import { bearer } from '../http/transports/plain.ts';

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

const endedFor = (of: SetUp, browser: Browser) => browser.use(of.sessions, ({ ended }) => ended);
const add = (data: ShopData) => data.cart.push('hat');

describe('destroy()', () => {
  it('ends the session: the record is gone, and its token opens nothing (ASVS 7.4.1)', async () => {
    const of = setUp();
    const browser = await shopper(of);
    const copy = browser.copy();
    await browser.use(of.sessions, (session) => session.destroy());
    expect(of.store.size).toBe(0);
    expect(await endedFor(of, copy)).toEqual({ reason: 'unknown' });
  });

  it('leaves a visitor without a session, in the same request too', async () => {
    const of = setUp();
    const browser = await shopper(of, 'alice');
    const { session } = await browser.load(of.sessions);
    await session.destroy();
    expect([session.id, session.userId, session.expiresAt, session.ended]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
    expect(session.data).toEqual({ cart: [] });
    await session.destroy();
    expect(of.types()).toEqual(['destroyed']);
  });

  it('takes it from the list of its user', async () => {
    const of = setUp();
    const browser = await shopper(of, 'alice');
    await browser.use(of.sessions, (session) => session.destroy());
    expect(await of.sessions.list('alice')).toEqual([]);
  });

  it('works with data that the schema or JSON refuses', async () => {
    const of = setUp();
    const browser = await shopper(of);
    const record = await of.store.inner.read(browser.id);
    if (record === undefined) throw new Error('There is no record.');
    const body = record.body.replace(/\n.*/, '\nnot JSON');
    await of.store.inner.compareAndSet(browser.id, record.version, {
      ...record,
      version: record.version + 1,
      body,
    });
    const { session } = await browser.load(of.sessions);
    expect(() => session.data).toThrow(expect.objectContaining({ code: 'ERR_DATA_INVALID' }));
    await session.destroy();
    expect(of.store.size).toBe(0);
  });
});

describe('the cookie', () => {
  it.for([
    {},
    { domain: 'shop.example' },
    { path: '/shop', sameSite: 'strict' },
    { partitioned: true, sameSite: 'none' },
  ] as const)('is cleared with the attributes that set it: %j', async (options) => {
    const of = setUp({ transports: [cookie(options)] });
    const browser = new Browser();
    const first = await browser.load(of.sessions);
    await first.session.update({ note: 'x' });
    const [set = ''] = setCookies(first.answer());
    const { session, answer } = await browser.load(of.sessions);
    await session.destroy();
    const [cleared = ''] = setCookies(answer());
    const parts = (line: string) =>
      line
        .replace(/=[^;]*/, '=')
        .split('; ')
        .toSorted();
    expect(parts(cleared)).toEqual([...parts(set), 'Max-Age=0'].toSorted());
    expect(browser.cookie).toBeUndefined();
  });

  it('is not cleared where there was no session', async () => {
    const of = setUp();
    for (const browser of [new Browser(), await shopper(of)]) {
      if (browser.cookie !== undefined) of.clock.advance('31m');
      const { session, answer } = await browser.load(of.sessions);
      await session.destroy();
      expect(setCookies(answer())).toEqual([]);
    }
  });

  it('is not cleared by who came second: a slow answer would wipe a newer cookie', async () => {
    const of = setUp();
    const browser = await shopper(of);
    const slow = await browser.load(of.sessions);
    await browser.use(of.sessions, (session) => session.destroy());
    await browser.use(of.sessions, (session) => session.update({ note: 'new' }));
    await slow.session.destroy();
    expect(setCookies(slow.answer())).toEqual([]);
    expect(await browser.use(of.sessions, ({ data }) => data.note)).toBe('new');
  });

  it('is not cleared, and nothing is ended, by a secret that a sign-in has replaced meanwhile', async () => {
    const of = setUp();
    const browser = await shopper(of);
    const slow = await browser.load(of.sessions);
    await browser.use(of.sessions, (session) => session.signIn('alice'));
    await slow.session.destroy();
    expect(setCookies(slow.answer())).toEqual([]);
    expect(await browser.use(of.sessions, ({ userId }) => userId)).toBe('alice');
  });

  it('is cleared for a retired secret within its grace: it is still accepted', async () => {
    const of = setUp();
    const browser = await shopper(of);
    of.clock.advance('16m');
    const before = browser.copy();
    await browser.use(of.sessions, () => {});
    await browser.use(of.sessions, () => {});
    of.events.length = 0;
    const { session, answer } = await before.load(of.sessions);
    await session.destroy();
    expect(setCookies(answer())).toHaveLength(1);
    expect(of.types()).toEqual(['destroyed']);
    expect(await endedFor(of, browser)).toEqual({ reason: 'unknown' });
  });

  it('is set anew where the request goes on to a new session', async () => {
    const of = setUp();
    const browser = await shopper(of);
    const { session, answer } = await browser.load(of.sessions);
    await session.destroy();
    await session.update({ note: 'new' });
    const lines = setCookies(answer());
    expect(lines).toHaveLength(1);
    expect(lines[0]).not.toContain('Max-Age');
    expect(await browser.use(of.sessions, ({ data }) => data.note)).toBe('new');
  });

  it('is not what another transport clears', async () => {
    const of = setUp({ transports: [bearer()] });
    const first = await new Browser().load(of.sessions);
    await first.session.update({ note: 'x' });
    const headers = { authorization: `Bearer ${first.session.revealToken()}` };
    const { session, answer } = await new Browser().load(of.sessions, { headers });
    await session.destroy();
    expect(answer()).toEqual([['vary', 'authorization', 'append']]);
    expect(of.store.size).toBe(0);
  });
});

describe('nothing comes back', () => {
  it('a slow request that loaded before the end cannot revive the session', async () => {
    const of = setUp();
    const browser = await shopper(of);
    const slow = await browser.load(of.sessions);
    await browser.copy().use(of.sessions, (session) => session.destroy());
    await failure(slow.session.update(add), 'ERR_SESSION_ENDED');
    await failure(slow.session.renew(), 'ERR_SESSION_ENDED');
    await failure(slow.session.signIn('alice'), 'ERR_SESSION_ENDED');
    expect(await slow.session.finish('receipt')).toBe(false);
    const left = of.store.size;
    expect(await of.sessions.list('alice')).toEqual([]);
    expect(left).toBeLessThanOrEqual(1);
    expect(await of.store.inner.read(browser.id)).toBeUndefined();
    expect(setCookies(slow.answer())).toEqual([]);
  });

  it('nor one whose write is under way when the session ends in another process', async () => {
    const of = setUp();
    const other = setUp({}, of);
    const browser = await shopper(of);
    const slow = await browser.load(of.sessions);
    const held = gate();
    of.store.before = ({ operation }) => (operation === 'write' ? held.wait() : undefined);
    const writing = slow.session.update(add);
    await held.reached;
    await browser.copy().use(other.sessions, (session) => session.destroy());
    held.open();
    await failure(writing, 'ERR_SESSION_ENDED');
    expect(of.store.size).toBe(0);
  });

  it('nor one whose touch is under way', async () => {
    const of = setUp();
    const browser = await shopper(of);
    of.clock.advance('2m');
    const held = gate();
    of.store.before = ({ operation }) => (operation === 'write' ? held.wait() : undefined);
    const { session } = browser.open(of.sessions);
    const loading = session.load();
    await held.reached;
    of.store.before = () => undefined;
    await browser.copy().use(of.sessions, (other) => other.destroy(), {});
    held.open();
    await loading;
    expect(session.id).toBeUndefined();
    expect(session.ended).toEqual({ reason: 'unknown' });
    expect(of.store.size).toBe(0);
  });
});
