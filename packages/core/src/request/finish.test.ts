import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { Browser, setCookies } from '../../test/support/browser.ts';
import { failure, type SetUp, type ShopData, setUp } from '../../test/support/set-up.ts';
import { gate } from '../../test/support/watched-store.ts';
import { decodeSession, encodeSession } from '../records/record.ts';
import type { Session } from '../session/session-types.ts';
import { userKey } from '../users/user-index.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const add = (sku: string) => (data: ShopData) => data.cart.push(sku);
const order = (data: { readonly cart: readonly string[] }) => ({ items: [...data.cart] });

async function shopper(
  { sessions, store, events }: SetUp,
  userId?: string,
): Promise<Browser & { id: string }> {
  const browser = new Browser();
  const id = await browser.use(sessions, async (session) => {
    await session.update(add('coat'));
    if (userId !== undefined) await session.signIn(userId);
    return session.id ?? '';
  });
  store.forget();
  events.length = 0;
  return Object.assign(browser, { id });
}

/** Rewrites a session's record as a version without recoveries wrote it. */
async function forgetRecovery({ store }: SetUp, id: string): Promise<void> {
  const record = await store.inner.read(id);
  const state = record && decodeSession(record);
  if (record === undefined || state === undefined) throw new Error('There is no session.');
  const older = encodeSession({ ...state, recovery: undefined }, record.version + 1);
  await store.inner.compareAndSet(id, record.version, older);
}

const endedFor = (env: SetUp, browser: Browser) => browser.use(env.sessions, ({ ended }) => ended);
const look = ({ id, userId, data, ended }: Session<ShopData>) => ({ id, userId, cart: data.cart, ended });
const FINISHED = { reason: 'finished', receipt: { items: ['coat'] } };

describe('finish()', () => {
  it('resolves to true for exactly one of many callers, and the others find the receipt', async () => {
    const env = setUp();
    const other = setUp({}, env);
    const browser = await shopper(env);
    const visits = await Promise.all(
      Array.from({ length: 20 }, (_, i) => browser.load((i % 2 === 0 ? env : other).sessions)),
    );
    const outcomes = await Promise.all(visits.map(({ session }) => session.finish(order)));
    expect(outcomes.filter(Boolean)).toHaveLength(1);
    for (const { session } of visits) {
      expect(session.ended).toEqual(FINISHED);
      expect(session.id).toBeUndefined();
    }
    expect([...env.types(), ...other.types()].filter((type) => type === 'finished')).toHaveLength(1);
  });

  it('called twice in one request, resolves to true once', async () => {
    const env = setUp();
    const browser = await shopper(env);
    const { session } = await browser.load(env.sessions);
    expect(await Promise.all([session.finish(order), session.finish(order)])).toEqual([true, false]);
  });

  it('runs the receipt function on the version of the data that it finishes', async () => {
    const env = setUp();
    const other = setUp({}, env);
    const browser = await shopper(env);
    const { session } = await browser.load(env.sessions);
    await browser.use(other.sessions, (session2) => session2.update(add('hat')));
    expect(session.data.cart).toEqual(['coat']);
    expect(await session.finish(order)).toBe(true);
    expect(session.ended).toEqual({ reason: 'finished', receipt: { items: ['coat', 'hat'] } });
    expect(await endedFor(env, browser)).toEqual({ reason: 'finished', receipt: { items: ['coat', 'hat'] } });
  });

  it('runs the receipt function again if another process has written meanwhile', async () => {
    const env = setUp();
    const other = setUp({}, env);
    const browser = await shopper(env);
    const { session } = await browser.load(env.sessions);
    const held = gate();
    let first = true;
    env.store.before = ({ operation }) => {
      if (operation !== 'write' || !first) return undefined;
      first = false;
      return held.wait();
    };
    const finishing = session.finish(order);
    await held.reached;
    await browser.use(other.sessions, (session2) => session2.update(add('hat')));
    held.open();
    expect(await finishing).toBe(true);
    expect(session.ended).toEqual({ reason: 'finished', receipt: { items: ['coat', 'hat'] } });
  });

  it('accepts a receipt as a value, or none at all', async () => {
    const env = setUp();
    for (const receipt of ['text', 5, null, { a: [1] }, [false]]) {
      const browser = await shopper(env);
      await browser.use(env.sessions, (session) => session.finish(receipt));
      expect(await endedFor(env, browser)).toEqual({ reason: 'finished', receipt });
    }
    const browser = await shopper(env);
    await browser.use(env.sessions, (session) => session.finish());
    expect(await endedFor(env, browser)).toEqual({ reason: 'finished' });
  });

  it('stores a copy of the receipt, so altering the original changes nothing', async () => {
    const env = setUp();
    const browser = await shopper(env);
    const { session } = await browser.load(env.sessions);
    const receipt = { items: ['coat'] };
    await session.finish(receipt);
    receipt.items.push('hat');
    expect(session.ended).toEqual(FINISHED);
    const kept = session.ended?.receipt as typeof receipt;
    expect(() => kept.items.push('hat')).toThrow(TypeError);
    expect(await endedFor(env, browser)).toEqual(FINISHED);
  });

  it('passes frozen data to the receipt function', async () => {
    const env = setUp();
    const browser = await shopper(env);
    await browser.use(env.sessions, (session) =>
      session.finish((data) => {
        expect(() => (data as ShopData).cart.push('hat')).toThrow(TypeError);
        return null;
      }),
    );
  });

  it('resolves to false without a session', async () => {
    const env = setUp();
    const { session } = await new Browser().load(env.sessions);
    expect(await session.finish('receipt')).toBe(false);
    expect(env.store.calls).toEqual([]);
  });

  it('rejects if a concurrent sign-in has replaced the token, since the session is still alive', async () => {
    const env = setUp();
    const browser = await shopper(env);
    const early = await browser.load(env.sessions);
    await browser.use(env.sessions, (session) => session.signIn('alice'));
    await failure(early.session.finish(order), 'ERR_SESSION_ENDED');
    expect(await browser.use(env.sessions, look)).toMatchObject({ id: browser.id, userId: 'alice' });
    expect(await browser.use(env.sessions, (session) => session.finish(order))).toBe(true);
    expect(await early.session.finish(order)).toBe(false);
  });
});

describe('a receipt that cannot be kept', () => {
  it.for<[string, unknown, string]>([
    ['a Date', new Date(0), 'ERR_DATA_INVALID'],
    ['NaN', Number.NaN, 'ERR_DATA_INVALID'],
    ['a promise', Promise.resolve(5), 'ERR_DATA_INVALID'],
    ['one over maxDataBytes', 'x'.repeat(65_536), 'ERR_DATA_TOO_LARGE'],
  ])('%s is refused, and the session goes on', async ([, receipt, code]) => {
    const env = setUp();
    const browser = await shopper(env);
    const { session } = await browser.load(env.sessions);
    await expect(session.finish(() => receipt as string)).rejects.toMatchObject({ code });
    await expect(session.finish(receipt as string)).rejects.toMatchObject({ code });
    expect(env.store.writes).toBe(0);
    await session.update(add('hat'));
    expect(await session.finish(order)).toBe(true);
  });

  it('is stored if it has exactly maxDataBytes', async () => {
    const env = setUp({ maxDataBytes: 100 });
    const browser = await shopper(env);
    const receipt = 'x'.repeat(98);
    await browser.use(env.sessions, (session) => session.finish(receipt));
    expect(await endedFor(env, browser)).toEqual({ reason: 'finished', receipt });
  });

  it('rejects with what the receipt function throws, and the session stays alive', async () => {
    const env = setUp();
    const browser = await shopper(env);
    const { session } = await browser.load(env.sessions);
    const fault = new Error('The cart is empty.');
    await expect(
      session.finish(() => {
        throw fault;
      }),
    ).rejects.toBe(fault);
    expect(session.id).toBe(browser.id);
    expect(await session.finish(order)).toBe(true);
  });
});

describe('after finish()', () => {
  it('the ID is never valid again', async () => {
    const env = setUp();
    const browser = await shopper(env);
    const slow = await browser.load(env.sessions);
    await browser.use(env.sessions, (session) => session.finish(order));
    await failure(slow.session.update(add('hat')), 'ERR_SESSION_ENDED');
    await failure(slow.session.renew(), 'ERR_SESSION_ENDED');
    await failure(slow.session.signIn('alice'), 'ERR_SESSION_ENDED');
    expect(await endedFor(env, browser)).toEqual(FINISHED);
  });

  it('the record keeps the receipt and no data', async () => {
    const env = setUp();
    const browser = await shopper(env);
    await browser.use(env.sessions, (session) => session.finish('receipt'));
    const record = await env.store.inner.read(browser.id);
    expect(record?.body).not.toContain('coat');
    expect(record && decodeSession(record)).toMatchObject({ data: '', finish: { receipt: 'receipt' } });
  });

  it('the cookie is left alone, since the finished token opens its receipt', async () => {
    const env = setUp();
    const browser = await shopper(env);
    const { session, respond } = await browser.load(env.sessions);
    await session.finish(order);
    expect(setCookies(respond())).toEqual([]);
  });

  it('the next write begins a new session, even in the same request', async () => {
    const env = setUp();
    const browser = await shopper(env);
    const { session, respond } = await browser.load(env.sessions);
    await session.finish(order);
    await session.update(add('hat'));
    respond();
    expect(await browser.use(env.sessions, look)).toMatchObject({ cart: ['hat'], ended: undefined });
    expect(await browser.use(env.sessions, ({ id }) => id)).not.toBe(browser.id);
  });

  it('only a token with an accepted secret reveals the finish and the receipt', async () => {
    const env = setUp();
    const browser = await shopper(env);
    env.clock.advance('15m');
    const retired = browser.copy();
    await endedFor(env, browser);
    await endedFor(env, browser);
    await browser.use(env.sessions, (session) => session.finish(order));
    expect(await endedFor(env, browser)).toEqual(FINISHED);
    expect(await endedFor(env, retired)).toEqual(FINISHED);
    const stranger = new Browser();
    stranger.cookie = `__Host-session=${browser.id}${'A'.repeat(43)}`;
    expect(await endedFor(env, stranger)).toEqual({ reason: 'unknown' });
  });

  it('keeps the receipt for at least a day, so that a caller after a crash can complete the work', async () => {
    const env = setUp();
    const browser = await shopper(env);
    await browser.use(env.sessions, (session) => session.finish(order));
    env.clock.advance(24 * HOUR - 1);
    expect(await endedFor(env, browser)).toEqual(FINISHED);
    env.clock.advance(1);
    expect(await endedFor(env, browser)).toEqual({ reason: 'unknown' });
    expect(env.store.size).toBe(0);
    expect(env.types()).not.toContain('expired');
  });

  it('keeps the receipt until the absolute deadline if that is later', async () => {
    const env = setUp({ absoluteTimeout: '3d' });
    const browser = await shopper(env);
    await browser.use(env.sessions, (session) => session.finish(order));
    env.clock.advance(72 * HOUR - 1);
    expect(await endedFor(env, browser)).toEqual(FINISHED);
  });

  it('lists the session no longer', async () => {
    const env = setUp();
    const browser = await shopper(env, 'alice');
    await browser.use(env.sessions, (session) => session.finish(order));
    expect(await env.sessions.list('alice')).toEqual([]);
    expect(await env.sessions.revoke('alice', browser.id)).toBe(false);
    expect(await env.sessions.revokeUser('alice')).toBe(0);
    expect(await endedFor(env, browser)).toEqual(FINISHED);
  });
});

describe('keepUser', () => {
  const checkout = (session: Session<ShopData>) => session.finish(order, { keepUser: true });

  it('continues with an empty session of the same user in the same response', async () => {
    const env = setUp();
    const browser = await shopper(env, 'alice');
    env.clock.advance('5m');
    const { session, respond } = await browser.load(env.sessions);
    expect(await checkout(session)).toBe(true);
    const now = look(session);
    expect(now).toMatchObject({ userId: 'alice', cart: [], ended: FINISHED });
    expect(now.id).not.toBe(browser.id);
    expect(setCookies(respond())).toHaveLength(1);
    expect(await browser.use(env.sessions, look)).toEqual({ ...now, ended: undefined });
    expect(env.events.find(({ type }) => type === 'finished')).toMatchObject({
      sessionId: browser.id,
      userId: 'alice',
      successorId: now.id,
    });
  });

  it('keeps the time of the sign-in, since a checkout is not a sign-in', async () => {
    const env = setUp();
    const browser = await shopper(env, 'alice');
    env.clock.advance('5m');
    await browser.use(env.sessions, checkout);
    expect(await browser.use(env.sessions, (session) => session.isFresh('4m'))).toBe(false);
    expect(await browser.use(env.sessions, (session) => session.isFresh('6m'))).toBe(true);
  });

  it('passes on the absolute deadline, so that repeated finishes cannot extend it', async () => {
    const env = setUp({ idleTimeout: '1h', absoluteTimeout: '2h' });
    const browser = await shopper(env, 'alice');
    for (let i = 0; i < 3; i += 1) {
      env.clock.advance('39m');
      await browser.use(env.sessions, checkout);
      expect(await browser.use(env.sessions, ({ userId }) => userId)).toBe('alice');
    }
    env.clock.advance('3m');
    expect(await browser.use(env.sessions, look)).toMatchObject({
      userId: undefined,
      ended: { reason: 'absolute' },
    });
  });

  it('keeps remember', async () => {
    const env = setUp();
    const browser = new Browser();
    await browser.use(env.sessions, (session) => session.signIn('alice', { remember: true }));
    const { session, respond } = await browser.load(env.sessions);
    await checkout(session);
    expect(setCookies(respond())[0]).toContain('Max-Age=');
    expect(await env.sessions.list('alice')).toMatchObject([{ remembered: true }]);
  });

  it('writes and lists the successor, then finishes, then unlists the finished session', async () => {
    const env = setUp();
    const browser = await shopper(env, 'alice');
    const { session } = await browser.load(env.sessions);
    env.store.forget();
    await checkout(session);
    const writes = env.store.calls.filter(({ operation }) => operation === 'write').map(({ key }) => key);
    const index = userKey('alice');
    expect(writes).toEqual([session.id, index, browser.id, index]);
  });

  it('derives the successor’s secret by HMAC-SHA-256 from the presented one and the nonce in the record', async () => {
    const env = setUp();
    const browser = await shopper(env, 'alice');
    const presented = browser.token.slice(22);
    await browser.use(env.sessions, checkout);
    const record = await env.store.inner.read(browser.id);
    const nonce = (record && decodeSession(record))?.finish?.successor?.nonce ?? '';
    expect(browser.token.slice(22)).toBe(createHmac('sha256', presented).update(nonce).digest('base64url'));
  });

  it('gives the same successor to every request with the same token within the grace', async () => {
    const env = setUp();
    const browser = await shopper(env, 'alice');
    const again = browser.copy();
    await browser.use(env.sessions, checkout);
    env.clock.advance('1m');
    const { session, respond } = await again.load(env.sessions);
    expect(look(session)).toEqual({
      id: browser.token.slice(0, 22),
      userId: 'alice',
      cart: [],
      ended: FINISHED,
    });
    expect(setCookies(respond())).toHaveLength(1);
    expect(again.token).toBe(browser.token);
  });

  it('finishes no successor for a request that comes with the token of its predecessor, as a double click does', async () => {
    const env = setUp();
    const browser = await shopper(env, 'ann');
    const again = browser.copy();
    expect(await browser.use(env.sessions, (session) => session.finish(order, { keepUser: true }))).toBe(
      true,
    );
    const { won, ended, id } = await again.use(env.sessions, async (session) => ({
      won: await session.finish(order, { keepUser: true }),
      ended: session.ended,
      id: session.id,
    }));
    expect(won).toBe(false);
    expect(ended).toEqual(FINISHED);
    expect(id).toBe(await browser.use(env.sessions, (session) => session.id));
    expect(await browser.use(env.sessions, (session) => session.finish(order, { keepUser: true }))).toBe(
      true,
    );
  });

  it('leads to at most eight successors in a row, so that no token causes more reads than that', async () => {
    const env = setUp();
    const browser = await shopper(env, 'alice');
    const [first, older] = [browser.copy(), browser.copy()];
    for (let i = 0; i < 9; i += 1) {
      if (i === 1) older.cookie = browser.cookie;
      await browser.use(env.sessions, (session) => session.finish(i, { keepUser: true }));
    }
    env.store.forget();
    const { session } = await first.load(env.sessions);
    expect(session.ended).toEqual({ reason: 'finished', receipt: 0 });
    expect(session.id).toBeUndefined();
    expect(env.store.calls).toHaveLength(9);
    expect((await older.load(env.sessions)).session.userId).toBe('alice');
  });

  it('gives no successor after the grace to one that looks different, only the receipt', async () => {
    const env = setUp();
    const browser = await shopper(env, 'alice');
    const again = browser.copy({ ip: '198.51.100.9' });
    await browser.use(env.sessions, checkout);
    env.clock.advance(60_001);
    expect(await again.use(env.sessions, look)).toEqual({
      id: undefined,
      userId: undefined,
      cart: [],
      ended: FINISHED,
    });
  });

  it('gives no successor to another accepted secret from one that looks different', async () => {
    const env = setUp();
    const browser = await shopper(env, 'alice');
    env.clock.advance('15m');
    const retired = browser.copy({ ip: '198.51.100.9' });
    await endedFor(env, browser);
    await endedFor(env, browser);
    await browser.use(env.sessions, checkout);
    expect(await retired.use(env.sessions, look)).toMatchObject({ id: undefined, ended: FINISHED });
  });

  it('gives no successor that has ended since', async () => {
    const env = setUp();
    const browser = await shopper(env, 'alice');
    const again = browser.copy();
    await browser.use(env.sessions, checkout);
    await browser.use(env.sessions, (session) => session.destroy());
    expect(await again.use(env.sessions, look)).toMatchObject({
      id: undefined,
      userId: undefined,
      ended: FINISHED,
    });
  });

  it('resolves one of 20 concurrent checkouts to true, and any of the 20 responses keeps the customer signed in', async () => {
    const env = setUp();
    const other = setUp({}, env);
    const browser = await shopper(env, 'alice');
    const copies = Array.from({ length: 20 }, () => browser.copy());
    const outcomes = await Promise.all(
      copies.map((copy, i) => copy.use((i % 2 === 0 ? env : other).sessions, checkout)),
    );
    expect(outcomes.filter(Boolean)).toHaveLength(1);
    const ids = new Set<string | undefined>();
    for (const copy of copies) {
      const now = await copy.use(env.sessions, look);
      expect(now).toMatchObject({ userId: 'alice', cart: [] });
      ids.add(now.id);
    }
    expect(ids.size).toBe(1);
    // Each loser has ended the successor that it had prepared.
    expect((await env.sessions.list('alice')).map(({ id }) => id)).toEqual([...ids]);
    expect(env.store.size).toBe(3);
  });

  it('gives the newest token of a successor of an earlier version during a timed renewal of it', async () => {
    const env = setUp({ renewAfter: '1m', renewalGrace: '1m' });
    const browser = await shopper(env, 'alice');
    const slow = browser.copy().open(env.sessions);
    await browser.use(env.sessions, (session) => session.finish(order, { keepUser: true }));
    await forgetRecovery(env, browser.token.slice(0, 22));
    env.clock.advance('1m');
    const renewal = await browser.load(env.sessions);
    const [renewed = ''] = setCookies(renewal.visit.seal());
    await slow.session.load();
    expect(setCookies(slow.visit.seal())).toEqual([renewed]);
  });

  it('gives no older token of the successor after the successor was renewed', async () => {
    const env = setUp();
    const browser = await shopper(env, 'alice');
    const again = browser.copy();
    await browser.use(env.sessions, checkout);
    await browser.use(env.sessions, (session) => session.renew());
    expect(await again.use(env.sessions, look)).toMatchObject({ id: undefined, ended: FINISHED });
    expect(await browser.use(env.sessions, ({ userId }) => userId)).toBe('alice');
  });

  it('starts no successor for an anonymous visitor', async () => {
    const env = setUp();
    const browser = await shopper(env);
    expect(await browser.use(env.sessions, checkout)).toBe(true);
    expect(await browser.use(env.sessions, look)).toMatchObject({ id: undefined, ended: FINISHED });
    expect(env.store.size).toBe(1);
  });

  it('ends no other session for a successor, which takes the place of its predecessor', async () => {
    const env = setUp({ perUser: { max: 2 } });
    const [a, b] = [await shopper(env, 'alice'), await shopper(env, 'alice')];
    await a.use(env.sessions, checkout);
    expect(await a.use(env.sessions, ({ userId }) => userId)).toBe('alice');
    expect(await b.use(env.sessions, ({ userId }) => userId)).toBe('alice');
    const refusing = setUp({ perUser: { max: 2, onExceed: 'refuse' } }, env);
    expect(await b.use(refusing.sessions, checkout)).toBe(true);
    expect(await env.sessions.list('alice')).toHaveLength(2);
  });

  it('is ended by a revocation that begins during the finish', async () => {
    const env = setUp();
    const browser = await shopper(env, 'alice');
    const held = gate();
    let first = true;
    env.store.before = ({ operation, key }) => {
      if (operation !== 'read' || !key.startsWith('user.') || !first) return undefined;
      first = false;
      return held.wait();
    };
    const { session } = await browser.load(env.sessions);
    const finishing = checkout(session);
    await held.reached;
    await setUp({}, env).sessions.revokeUser('alice');
    held.open();
    expect(await finishing).toBe(false);
    expect(session.userId).toBeUndefined();
    expect(await env.sessions.list('alice')).toEqual([]);
    // The index and the revoked session: the successor is gone.
    expect(env.store.size).toBe(2);
    expect(session.ended).toEqual({ reason: 'revoked' });
  });

  it('ends the successor again if the finish fails', async () => {
    const env = setUp();
    const browser = await shopper(env, 'alice');
    const { session } = await browser.load(env.sessions);
    const fault = new Error('The cart is empty.');
    const failing = session.finish(
      () => {
        throw fault;
      },
      { keepUser: true },
    );
    await expect(failing).rejects.toBe(fault);
    expect((await env.sessions.list('alice')).map(({ id }) => id)).toEqual([browser.id]);
    expect(env.store.size).toBe(2);
    expect(await checkout(session)).toBe(true);
  });
});
