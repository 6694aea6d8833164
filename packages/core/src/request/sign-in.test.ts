import { describe, expect, it } from 'vitest';
import { Browser, setCookies } from '../../test/support/browser.ts';
import { failure, type SetUp, type ShopData, setUp, thrown } from '../../test/support/set-up.ts';
import { gate, overwrite } from '../../test/support/watched-store.ts';
import { bearer } from '../http/transports/plain.ts';
import { userKey } from '../users/user-index.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const add = (sku: string) => (data: ShopData) => data.cart.push(sku);

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

const lookOf = (env: SetUp, browser: Browser) =>
  browser.use(env.sessions, ({ id, userId, data, ended }) => ({
    id,
    userId,
    cart: data.cart,
    ended: ended?.reason,
  }));

describe('signing in with an anonymous session', () => {
  it('keeps the ID and the data', async () => {
    const env = setUp();
    const browser = await shopper(env);
    await browser.use(env.sessions, (session) => session.signIn('alice'));
    expect(await lookOf(env, browser)).toEqual({
      id: browser.id,
      userId: 'alice',
      cart: ['coat'],
      ended: undefined,
    });
  });

  it('replaces the secret and invalidates the old token at once (ASVS 7.2.4)', async () => {
    const env = setUp();
    const browser = await shopper(env);
    const before = browser.copy();
    const { session } = await browser.load(env.sessions);
    await session.signIn('alice');
    // Before the response is even sent.
    expect(await lookOf(env, before)).toMatchObject({ id: undefined, ended: 'unknown' });
  });

  it('is visible in the same request', async () => {
    const env = setUp();
    const browser = await shopper(env);
    const { session } = await browser.load(env.sessions);
    expect(session.userId).toBeUndefined();
    expect(session.signedInAt).toBeUndefined();
    env.clock.advance('5m');
    await session.signIn('alice');
    expect(session.userId).toBe('alice');
    expect(session.signedInAt).toEqual(new Date(env.clock.now()));
    expect(session.createdAt).toEqual(new Date(env.clock.now() - 5 * MINUTE));
  });

  it('restarts the timeouts', async () => {
    const env = setUp();
    const browser = await shopper(env);
    env.clock.advance('20m');
    const { session, respond } = await browser.load(env.sessions);
    await session.signIn('alice');
    respond();
    expect(session.expiresAt).toEqual(new Date(env.clock.now() + 30 * MINUTE));
    for (let minutes = 0; minutes < 700; minutes += 20) {
      env.clock.advance('20m');
      expect((await lookOf(env, browser)).userId).toBe('alice');
    }
    env.clock.advance('20m');
    expect((await lookOf(env, browser)).ended).toBe('absolute');
  });

  it('loses none of the visitor’s later calls, which use the new secret', async () => {
    const env = setUp();
    const browser = await shopper(env);
    const { session, respond } = await browser.load(env.sessions);
    await session.signIn('alice');
    await session.update(add('hat'));
    await session.renew();
    await session.update(add('scarf'));
    respond();
    expect(await lookOf(env, browser)).toMatchObject({ userId: 'alice', cart: ['coat', 'hat', 'scarf'] });
  });

  it('fails later writes of requests that loaded before', async () => {
    const env = setUp();
    const browser = await shopper(env);
    const early = await browser.load(env.sessions);
    await browser.use(env.sessions, (session) => session.signIn('alice'));
    await failure(early.session.update(add('planted')), 'ERR_SESSION_ENDED');
    await failure(early.session.signIn('mallory'), 'ERR_SESSION_ENDED');
    expect(await lookOf(env, browser)).toMatchObject({ userId: 'alice', cart: ['coat'] });
  });

  it('invalidates the secrets of a renewal in progress', async () => {
    const env = setUp();
    const browser = await shopper(env);
    env.clock.advance('16m');
    const current = browser.copy();
    const renewed = browser.copy();
    await renewed.use(env.sessions, () => {});
    expect(renewed.token).not.toBe(current.token);
    await browser.use(env.sessions, (session) => session.signIn('alice'));
    for (const old of [current, renewed]) expect((await lookOf(env, old)).ended).toBe('unknown');
  });

  it('invalidates retired secrets within their grace', async () => {
    const env = setUp();
    const browser = await shopper(env);
    env.clock.advance('16m');
    const retired = browser.copy();
    await browser.use(env.sessions, () => {});
    await browser.use(env.sessions, () => {});
    expect((await lookOf(env, retired.copy())).id).toBe(browser.id);
    await browser.use(env.sessions, (session) => session.signIn('alice'));
    expect((await lookOf(env, retired)).ended).toBe('unknown');
  });

  it('waits for a write in progress and keeps it', async () => {
    const env = setUp();
    const other = setUp({}, env);
    const browser = await shopper(env);
    const { session, respond } = await browser.load(env.sessions);
    await browser.copy().use(other.sessions, (early) => early.update(add('hat')));
    await session.signIn('alice');
    respond();
    expect(await lookOf(env, browser)).toMatchObject({ userId: 'alice', cart: ['coat', 'hat'] });
  });
});

describe('signing in without a session', () => {
  it('begins one from initial()', async () => {
    const env = setUp();
    const browser = new Browser();
    await browser.use(env.sessions, (session) => session.signIn('alice'));
    expect(await lookOf(env, browser)).toMatchObject({ userId: 'alice', cart: [] });
    expect(env.types()).toEqual(['signed-in']);
  });

  it('begins one with a new ID after one that ended', async () => {
    const env = setUp();
    const browser = await shopper(env);
    env.clock.advance('31m');
    await browser.use(env.sessions, async (session) => {
      expect(session.ended).toEqual({ reason: 'idle' });
      await session.signIn('alice');
    });
    const look = await lookOf(env, browser);
    expect(look).toMatchObject({ userId: 'alice', cart: [] });
    expect(look.id).not.toBe(browser.id);
  });

  it('reveals the token if no cookie carries it', async () => {
    const env = setUp({ transports: [bearer()] });
    const { session } = await new Browser().load(env.sessions);
    await session.signIn('alice');
    const headers = { authorization: `Bearer ${session.revealToken()}` };
    expect((await new Browser().load(env.sessions, { headers })).session.userId).toBe('alice');
  });
});

describe('signing in again as the same user', () => {
  it('keeps the ID and the data, and restarts the timeouts', async () => {
    const env = setUp();
    const browser = await shopper(env, 'alice');
    env.clock.advance('10m');
    await browser.use(env.sessions, (session) => session.signIn('alice'));
    expect(await lookOf(env, browser)).toMatchObject({ id: browser.id, userId: 'alice', cart: ['coat'] });
    const [summary] = await env.sessions.list('alice');
    expect(summary).toMatchObject({ id: browser.id, signedInAt: new Date(env.clock.now()) });
  });

  it('lists the session once, as the last', async () => {
    const env = setUp();
    const first = await shopper(env, 'alice');
    const second = await shopper(env, 'alice');
    await first.use(env.sessions, (session) => session.signIn('alice'));
    expect((await env.sessions.list('alice')).map(({ id }) => id)).toEqual([second.id, first.id]);
  });
});

describe('signing in as another user', () => {
  it('ends and unlists the previous user’s session, and begins a new one from initial()', async () => {
    const env = setUp();
    const browser = await shopper(env, 'alice');
    const before = browser.copy();
    await browser.use(env.sessions, (session) => session.signIn('bob'));
    const look = await lookOf(env, browser);
    expect(look).toMatchObject({ userId: 'bob', cart: [] });
    expect(look.id).not.toBe(browser.id);
    expect((await lookOf(env, before)).ended).toBe('unknown');
    expect(await env.sessions.list('alice')).toEqual([]);
    expect((await env.sessions.list('bob')).map(({ id }) => id)).toEqual([look.id]);
    expect(env.events).toMatchObject([
      { type: 'revoked', by: 'sign-in', userId: 'alice', sessionId: browser.id },
      { type: 'signed-in', userId: 'bob', sessionId: look.id },
      { type: 'refused', reason: 'unknown' },
    ]);
  });

  it('carries no data over, not even in the same request', async () => {
    const env = setUp();
    const browser = await shopper(env, 'alice');
    const { session } = await browser.load(env.sessions);
    await session.signIn('bob');
    expect(session.data).toEqual({ cart: [] });
    expect(session.userId).toBe('bob');
  });

  it('is a plain new session after signing out in the same request', async () => {
    const env = setUp();
    const browser = await shopper(env, 'alice');
    await browser.use(env.sessions, async (session) => {
      await session.destroy();
      await session.signIn('bob');
    });
    expect(await lookOf(env, browser)).toMatchObject({ userId: 'bob', cart: [] });
  });
});

describe('remember', () => {
  it('sets a cookie that survives closing the browser and lasts as long as the session can', async () => {
    const env = setUp();
    const { session, respond } = await new Browser().load(env.sessions);
    await session.signIn('alice', { remember: true });
    expect(setCookies(respond())[0]).toContain(`; Max-Age=${(90 * DAY) / 1000};`);
    expect(session.expiresAt).toEqual(new Date(env.clock.now() + 14 * DAY));
  });

  it.for([undefined, {}, { remember: false }])(
    'left out (%j), the cookie ends with the browser',
    async (options) => {
      const env = setUp();
      const { session, respond } = await new Browser().load(env.sessions);
      await session.signIn('alice', options);
      expect(setCookies(respond())[0]).not.toContain('Max-Age');
      expect(session.expiresAt).toEqual(new Date(env.clock.now() + 30 * MINUTE));
    },
  );

  it('is shown in the list and in the event', async () => {
    const env = setUp();
    const browser = new Browser();
    await browser.use(env.sessions, (session) => session.signIn('alice', { remember: true }));
    expect(await env.sessions.list('alice')).toMatchObject([{ remembered: true }]);
    expect(env.events).toMatchObject([{ type: 'signed-in', remembered: true }]);
  });

  it('applies to the cookie of a renewed token, for the rest of the session’s lifetime', async () => {
    const env = setUp();
    const browser = new Browser();
    await browser.use(env.sessions, (session) => session.signIn('alice', { remember: true }));
    env.clock.advance('10d');
    const { respond } = await browser.load(env.sessions);
    expect(setCookies(respond())[0]).toContain(`; Max-Age=${(80 * DAY) / 1000};`);
  });

  it('ends if the user signs in again without it', async () => {
    const env = setUp();
    const browser = new Browser();
    await browser.use(env.sessions, (session) => session.signIn('alice', { remember: true }));
    const { session, respond } = await browser.load(env.sessions);
    await session.signIn('alice');
    expect(setCookies(respond())[0]).not.toContain('Max-Age');
    env.clock.advance('31m');
    expect((await lookOf(env, browser)).ended).toBe('idle');
  });
});

describe('isFresh', () => {
  it('says whether the user signed in that recently, for step-up (ASVS 7.5.3)', async () => {
    const env = setUp();
    const browser = await shopper(env, 'alice');
    env.clock.advance('5m');
    const { session } = await browser.load(env.sessions);
    expect(session.isFresh('5m')).toBe(true);
    expect(session.isFresh(5 * MINUTE - 1)).toBe(false);
    env.clock.advance(1);
    expect(session.isFresh('5m')).toBe(false);
  });

  it('is false if no user is signed in', async () => {
    const env = setUp();
    const browser = await shopper(env);
    for (const each of [browser, new Browser()]) {
      expect(await each.use(env.sessions, (session) => session.isFresh('1h'))).toBe(false);
    }
  });

  it('ignores uses and renewals', async () => {
    const env = setUp();
    const browser = await shopper(env, 'alice');
    env.clock.advance('16m');
    await browser.use(env.sessions, (session) => session.update(add('hat')));
    await browser.use(env.sessions, (session) => session.renew());
    expect(await browser.use(env.sessions, (session) => session.isFresh('15m'))).toBe(false);
  });

  it('throws for a value that is not a duration', async () => {
    const env = setUp();
    const browser = await shopper(env, 'alice');
    const { session } = await browser.load(env.sessions);
    expect(thrown(() => session.isFresh('soon'), 'ERR_CONFIG').message).toMatch(/^isFresh\(maxAge\) must be/);
  });
});

describe('what signIn() rejects', () => {
  it.for<[string, unknown]>([
    ['an empty string', ''],
    ['nothing', undefined],
    ['a number', 7],
    ['257 bytes', 'x'.repeat(257)],
    ['a string that is not well-formed Unicode', '\ud800'],
  ])('%s as the user ID', async ([, userId]) => {
    const env = setUp();
    const browser = await shopper(env);
    const { session } = await browser.load(env.sessions);
    await failure(session.signIn(userId as string), 'ERR_CONFIG');
    expect(env.store.writes).toBe(0);
    expect(await lookOf(env, browser)).toMatchObject({ id: browser.id, userId: undefined });
  });
});

describe('the token is sent only after the session is listed', () => {
  it('rolls a sign-in back if listing it fails', async () => {
    const env = setUp();
    const browser = await shopper(env);
    const key = userKey('alice');
    env.store.before = (call) => (call.operation === 'write' && call.key === key ? 'reject' : undefined);
    const { session, respond } = await browser.load(env.sessions);
    await failure(session.signIn('alice'), 'ERR_STORE_UNAVAILABLE');
    expect(setCookies(respond())).toEqual([]);
    expect(session.userId).toBeUndefined();
    env.store.before = () => undefined;
    expect(await lookOf(env, browser)).toMatchObject({ id: browser.id, userId: undefined, cart: ['coat'] });
  });

  it('leaves no session if listing a new one fails', async () => {
    const env = setUp();
    const key = userKey('alice');
    env.store.before = (call) => (call.operation === 'write' && call.key === key ? 'reject' : undefined);
    const { session, respond } = await new Browser().load(env.sessions);
    await failure(session.signIn('alice'), 'ERR_STORE_UNAVAILABLE');
    expect(setCookies(respond())).toEqual([]);
    expect(env.store.size).toBe(0);
  });

  it('lets no request use the session while it is being listed', async () => {
    const env = setUp();
    const browser = await shopper(env);
    const held = gate();
    const key = userKey('alice');
    env.store.before = (call) => (call.operation === 'write' && call.key === key ? held.wait() : undefined);
    const { session, respond } = await browser.load(env.sessions);
    const signingIn = session.signIn('alice');
    await held.reached;
    expect((await lookOf(env, browser.copy())).ended).toBe('unknown');
    held.open();
    await signingIn;
    respond();
    expect((await lookOf(env, browser)).userId).toBe('alice');
  });
});

it('runs two sign-ins of a request in order even if it does not await the first', async () => {
  const env = setUp();
  const browser = await shopper(env);
  const { session, respond } = await browser.load(env.sessions);
  await Promise.all([session.signIn('alice'), session.signIn('bob')]);
  respond();
  expect(await lookOf(env, browser)).toMatchObject({ userId: 'bob', cart: [] });
  expect(await env.sessions.list('alice')).toEqual([]);
});

it('keeps an update that a request does not await before its sign-in', async () => {
  const env = setUp();
  const browser = await shopper(env);
  const { session, respond } = await browser.load(env.sessions);
  await Promise.all([session.update(add('hat')), session.signIn('alice'), session.update(add('scarf'))]);
  respond();
  expect(await lookOf(env, browser)).toMatchObject({ userId: 'alice', cart: ['coat', 'hat', 'scarf'] });
});

it('keeps an update that is called during a sign-in and writes it with the new secret', async () => {
  const env = setUp();
  const browser = await shopper(env);
  const { session, respond } = await browser.load(env.sessions);
  const held = gate();
  env.store.before = ({ operation, key }) =>
    operation === 'write' && key === browser.id ? held.wait() : undefined;
  const signingIn = session.signIn('alice');
  await held.reached;
  const updating = session.update(add('hat'));
  held.open();
  await Promise.all([signingIn, updating]);
  respond();
  expect(await lookOf(env, browser)).toMatchObject({ userId: 'alice', cart: ['coat', 'hat'] });
});

it('retries under contention instead of failing', async () => {
  const env = setUp();
  const browser = await shopper(env);
  const { session, respond } = await browser.load(env.sessions);
  let left = 2;
  env.store.before = async ({ operation, key }) => {
    if (operation === 'write' && key === browser.id && left > 0) {
      left -= 1;
      await overwrite(env.store, key);
    }
    return undefined;
  };
  await session.signIn('alice');
  respond();
  expect((await lookOf(env, browser)).userId).toBe('alice');
});

describe('a sign-in that could neither be listed nor undone', () => {
  it('rejects, and its visit can no longer write to the session', async () => {
    const env = setUp();
    const browser = new Browser();
    await browser.use(env.sessions, (session) => session.update({}));
    const { session } = await browser.load(env.sessions);
    let writes = 0;
    env.store.before = ({ operation }) => {
      if (operation === 'write') writes += 1;
      return operation === 'write' && writes > 1 ? 'reject' : undefined;
    };
    await failure(session.signIn('alice'), 'ERR_STORE_UNAVAILABLE');
    env.store.before = () => undefined;
    await failure(session.update({}), 'ERR_SESSION_ENDED');
  });
});
