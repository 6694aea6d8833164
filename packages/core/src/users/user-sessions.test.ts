import { describe, expect, it } from 'vitest';
import { Browser, FIREFOX, SAFARI, setCookies } from '../../test/support/browser.ts';
import { failure, type SetUp, type ShopData, setUp } from '../../test/support/set-up.ts';
import { gate, overwrite, watchedStore } from '../../test/support/watched-store.ts';
import { assembleSessions } from '../sessions.ts';
import { memoryStore } from '../store/memory/memory-store.ts';
import type { SessionStore } from '../store/store.ts';
import { fakeClock } from '../testing/fake-clock.ts';
import { decodeIndex, encodeIndex, userKey } from './user-index.ts';

const DAY = 24 * 60 * 60_000;

async function signedIn(
  env: SetUp,
  userId = 'alice',
  browser = new Browser(),
): Promise<Browser & { id: string }> {
  const id = await browser.use(env.sessions, async (session) => {
    await session.update({ cart: ['coat'] });
    await session.signIn(userId);
    return session.id ?? '';
  });
  return Object.assign(browser, { id });
}

const idsOf = async ({ sessions }: SetUp, userId = 'alice') =>
  (await sessions.list(userId)).map(({ id }) => id);
const userOf = (env: SetUp, browser: Browser) => browser.use(env.sessions, ({ userId }) => userId);

describe('list', () => {
  it('returns the live sessions of a user in the order of their sign-ins', async () => {
    const env = setUp();
    const a = await signedIn(env);
    await signedIn(env, 'bob');
    const b = await signedIn(env);
    expect(await idsOf(env)).toEqual([a.id, b.id]);
    await a.use(env.sessions, (session) => session.signIn('alice'));
    expect(await idsOf(env)).toEqual([b.id, a.id]);
    expect(await idsOf(env, 'nobody')).toEqual([]);
  });

  it('shows what identifies a device to its owner (ASVS 7.5.2)', async () => {
    const env = setUp();
    const browser = new Browser({ ip: '198.51.100.9', userAgent: SAFARI });
    await browser.use(env.sessions, (session) => session.update({ note: 'x' }));
    const granted = env.clock.now();
    env.clock.advance('5m');
    const id = await browser.use(env.sessions, async (session) => {
      await session.signIn('alice');
      return session.id;
    });
    const signedInAt = env.clock.now();
    env.clock.advance('10m');
    await browser.use(env.sessions, () => {});
    expect(await env.sessions.list('alice')).toEqual([
      {
        id,
        userId: 'alice',
        createdAt: new Date(granted),
        signedInAt: new Date(signedInAt),
        lastSeenAt: new Date(env.clock.now()),
        expiresAt: new Date(env.clock.now() + 30 * 60_000),
        remembered: false,
        bound: false,
        client: { network: '198.51.100.0/24', browser: 'Safari', platform: 'macOS' },
      },
    ]);
  });

  it('leaves unknown parts of the client undefined', async () => {
    const env = setUp();
    const visit = env.sessions.open({
      method: 'POST',
      host: undefined,
      ip: undefined,
      header: () => undefined,
      query: () => undefined,
      form: () => undefined,
    });
    await visit.session.signIn('alice');
    const [summary] = await env.sessions.list('alice');
    expect(summary?.client).toEqual({ network: undefined, browser: undefined, platform: undefined });
  });

  it('shows the client that last confirmed a token', async () => {
    const env = setUp();
    const browser = await signedIn(env, 'alice', new Browser({ userAgent: FIREFOX }));
    env.clock.advance('15m');
    await userOf(env, browser);
    await userOf(env, browser.copy({ ip: '198.51.100.9' }));
    expect(await env.sessions.list('alice')).toMatchObject([{ client: { network: '198.51.100.0/24' } }]);
  });

  it('leaves out dead sessions and removes them from the index', async () => {
    const env = setUp();
    const [destroyed, finished, living] = [await signedIn(env), await signedIn(env), await signedIn(env)];
    await destroyed.use(env.sessions, (session) => session.destroy());
    await finished.use(env.sessions, (session) => session.finish());
    expect(await idsOf(env)).toEqual([living.id]);
    const index = await env.store.inner.read(userKey('alice'));
    expect(index?.body).toContain(living.id);
    expect(index?.body).not.toContain(destroyed.id);
    expect(index?.body).not.toContain(finished.id);
  });

  it('leaves out expired sessions and deletes their records', async () => {
    const env = setUp();
    const expired = await signedIn(env);
    env.clock.advance('20m');
    const living = await signedIn(env);
    env.clock.advance('20m');
    expect(await idsOf(env)).toEqual([living.id]);
    expect(await env.store.inner.read(expired.id)).toBeUndefined();
    expect(env.events.filter(({ type }) => type === 'expired')).toMatchObject([{ sessionId: expired.id }]);
  });

  it('includes one that a server with a slower clock extended at its deadline', async () => {
    const env = setUp();
    const browser = await signedIn(env);
    const behind = setUp({}, { store: env.store, clock: fakeClock(env.clock.now() - 10_000) });
    env.clock.advance('30m');
    behind.clock.advance('30m');
    env.store.before = async ({ operation }) => {
      if (operation === 'delete') {
        env.store.before = () => undefined;
        await browser.use(behind.sessions, (session) => session.update({ note: 'just in time' }));
      }
      return undefined;
    };
    expect(await idsOf(env)).toEqual([browser.id]);
  });

  it('keeps in the index what it cannot read, since a newer version may', async () => {
    const env = setUp();
    const browser = await signedIn(env);
    const record = await env.store.inner.read(browser.id);
    const version = record?.version ?? 0;
    await env.store.inner.compareAndSet(browser.id, version, {
      version: version + 1,
      expiresAt: record?.expiresAt ?? 0,
      body: '[9]\n',
    });
    expect(await idsOf(env)).toEqual([]);
    expect((await env.store.inner.read(userKey('alice')))?.body).toContain(browser.id);
  });

  it('rejects an invalid user ID', async () => {
    const { sessions } = setUp();
    await failure(sessions.list(''), 'ERR_CONFIG');
    await failure(sessions.revoke('', 'x'), 'ERR_CONFIG');
    await failure(sessions.revokeUser(''), 'ERR_CONFIG');
  });
});

describe('revoke', () => {
  it('ends one session of the user: its token opens nothing afterwards', async () => {
    const env = setUp();
    const [lost, kept] = [await signedIn(env), await signedIn(env)];
    env.events.length = 0;
    expect(await env.sessions.revoke('alice', lost.id)).toBe(true);
    expect(await userOf(env, lost)).toBeUndefined();
    expect(await userOf(env, kept)).toBe('alice');
    expect(await idsOf(env)).toEqual([kept.id]);
    expect(env.events[0]).toMatchObject({
      type: 'revoked',
      by: 'revoke',
      sessionId: lost.id,
      userId: 'alice',
    });
    expect(await env.sessions.revoke('alice', lost.id)).toBe(false);
  });

  it('returns false for another user’s session and ends nothing', async () => {
    const env = setUp();
    const browser = await signedIn(env, 'bob');
    expect(await env.sessions.revoke('alice', browser.id)).toBe(false);
    expect(await userOf(env, browser)).toBe('bob');
    expect(await idsOf(env, 'bob')).toEqual([browser.id]);
  });

  it('returns false for an anonymous session and ends nothing', async () => {
    const env = setUp();
    const browser = new Browser();
    const id = await browser.use(env.sessions, async (session) => {
      await session.update({ cart: ['coat'] });
      return session.id ?? '';
    });
    expect(await env.sessions.revoke('alice', id)).toBe(false);
    expect(await browser.use(env.sessions, ({ data }) => data.cart)).toEqual(['coat']);
  });

  it.for([
    ['a string from a form', 'user.x'],
    ['an empty string', ''],
    ['an ID that does not exist', 'A'.repeat(22)],
    ['the key of the index', userKey('alice')],
    ['undefined', undefined],
  ])('returns false for %s', async ([, id]) => {
    const env = setUp();
    const browser = await signedIn(env);
    expect(await env.sessions.revoke('alice', id as string)).toBe(false);
    expect(await userOf(env, browser)).toBe('alice');
  });

  it('ends a session that a running request has loaded', async () => {
    const env = setUp();
    const browser = await signedIn(env);
    const slow = await browser.load(env.sessions);
    await env.sessions.revoke('alice', browser.id);
    await failure(slow.session.update({ note: 'x' }), 'ERR_SESSION_ENDED');
    expect(await slow.session.finish('receipt')).toBe(false);
  });
});

describe('revokeUser', () => {
  it('ends all sessions of the user and counts them (ASVS 7.4.2)', async () => {
    const env = setUp();
    const mine = [await signedIn(env), await signedIn(env), await signedIn(env)];
    const other = await signedIn(env, 'bob');
    expect(await env.sessions.revokeUser('alice')).toBe(3);
    for (const browser of mine) expect(await userOf(env, browser)).toBeUndefined();
    expect(await userOf(env, other)).toBe('bob');
    expect(await idsOf(env)).toEqual([]);
    expect(env.events.filter(({ type }) => type === 'revoked')).toMatchObject(
      mine.map(({ id }) => ({ by: 'revoke-user', sessionId: id, userId: 'alice' })),
    );
    expect(await env.sessions.revokeUser('alice')).toBe(0);
  });

  it('keeps the excepted one (ASVS 7.4.3)', async () => {
    const env = setUp();
    const [lost, kept] = [await signedIn(env), await signedIn(env)];
    expect(await env.sessions.revokeUser('alice', { except: kept.id })).toBe(1);
    expect(await userOf(env, lost)).toBeUndefined();
    expect(await userOf(env, kept)).toBe('alice');
    expect(await idsOf(env)).toEqual([kept.id]);
    // It belongs to the new epoch: a later confirmation and a later revocation treat it as living.
    env.clock.advance('15m');
    await userOf(env, kept);
    expect(await userOf(env, kept)).toBe('alice');
    expect(await env.sessions.revokeUser('alice')).toBe(1);
    expect(await userOf(env, kept)).toBeUndefined();
  });

  it('ends all others if the excepted session has ended', async () => {
    const env = setUp();
    const [mine, gone] = [await signedIn(env), await signedIn(env)];
    await gone.use(env.sessions, (session) => session.destroy());
    expect(await env.sessions.revokeUser('alice', { except: gone.id })).toBe(1);
    expect(await userOf(env, mine)).toBeUndefined();
    expect(await idsOf(env)).toEqual([]);
  });

  it('ends all if the excepted session is another user’s', async () => {
    const env = setUp();
    const mine = await signedIn(env);
    const other = await signedIn(env, 'bob');
    expect(await env.sessions.revokeUser('alice', { except: other.id })).toBe(1);
    expect(await userOf(env, mine)).toBeUndefined();
    expect(await userOf(env, other)).toBe('bob');
  });

  it.for([0, 1, 2, 3])('also revokes a sign-in under way, held up at store call %i', async (at) => {
    for (const prepare of ['without a session', 'with one'] as const) {
      const env = setUp();
      const browser = new Browser();
      if (prepare === 'with one')
        await browser.use(env.sessions, (session) => session.update({ cart: ['coat'] }));
      const { session, respond } = await browser.load(env.sessions);
      const held = gate();
      let left = at;
      env.store.before = () => {
        left -= 1;
        return left === -1 ? held.wait() : undefined;
      };
      const signingIn = session.signIn('alice').then(
        () => 'done',
        (error: { code: string }) => error.code,
      );
      const reached = await Promise.race([held.reached.then(() => true), signingIn.then(() => false)]);
      if (!reached) continue;
      env.store.before = () => undefined;
      await setUp({}, env).sessions.revokeUser('alice');
      held.open();
      const outcome = await signingIn;
      respond();
      // The first call reads the epoch: what reads it after the revocation is a sign-in after it.
      expect(outcome).toBe(at === 0 ? 'done' : 'ERR_SIGN_IN_REVOKED');
      expect(await userOf(env, browser)).toBe(at === 0 ? 'alice' : undefined);
      expect(await idsOf(env)).toHaveLength(at === 0 ? 1 : 0);
    }
  });

  it('creates the index if there is none, so that a first sign-in under way is revoked too', async () => {
    const env = setUp();
    expect(await env.sessions.revokeUser('alice')).toBe(0);
    expect(await env.store.inner.read(userKey('alice'))).toBeDefined();
  });

  it('does not affect a later sign-in', async () => {
    const env = setUp();
    await env.sessions.revokeUser('alice');
    const browser = await signedIn(env);
    expect(await userOf(env, browser)).toBe('alice');
  });
});

describe("perUser: onExceed 'end-oldest'", () => {
  it('ends the session unused for longest, not the one that signed in first', async () => {
    const env = setUp({ perUser: { max: 3 } });
    const [a, b, c] = [await signedIn(env), await signedIn(env), await signedIn(env)];
    env.clock.advance('2m');
    await userOf(env, a);
    env.clock.advance('2m');
    await userOf(env, c);
    env.events.length = 0;
    const d = await signedIn(env);
    expect(await userOf(env, b)).toBeUndefined();
    for (const browser of [a, c, d]) expect(await userOf(env, browser)).toBe('alice');
    expect(env.events.filter(({ type }) => type === 'revoked')).toMatchObject([
      { by: 'limit', sessionId: b.id },
    ]);
  });

  it('ends no session while dead ones make room', async () => {
    const env = setUp({ perUser: { max: 2 } });
    const [a, b] = [await signedIn(env), await signedIn(env)];
    await a.use(env.sessions, (session) => session.destroy());
    const c = await signedIn(env);
    for (const browser of [b, c]) expect(await userOf(env, browser)).toBe('alice');
  });

  it('does not count the session that signs in again', async () => {
    const env = setUp({ perUser: { max: 2 } });
    const [a, b] = [await signedIn(env), await signedIn(env)];
    await a.use(env.sessions, (session) => session.signIn('alice'));
    for (const browser of [a, b]) expect(await userOf(env, browser)).toBe('alice');
  });

  it('many sign-ins at once leave no more than max', async () => {
    const env = setUp({ perUser: { max: 3 } });
    const other = setUp({ perUser: { max: 3 } }, env);
    const browsers = await Promise.all(
      Array.from({ length: 12 }, (_, i) => signedIn(i % 2 === 0 ? env : other)),
    );
    const users = await Promise.all(browsers.map((browser) => userOf(env, browser)));
    expect(users.filter((userId) => userId === 'alice')).toHaveLength(3);
    expect(await idsOf(env)).toHaveLength(3);
  });

  it('a smaller limit than before takes effect at the next sign-in', async () => {
    const env = setUp();
    for (let i = 0; i < 5; i += 1) {
      await signedIn(env);
      env.clock.advance('1s');
    }
    const smaller = setUp({ perUser: { max: 2 } }, env);
    await signedIn(smaller);
    expect(await idsOf(env)).toHaveLength(2);
  });
});

describe("perUser: onExceed 'refuse'", () => {
  const refuse = { perUser: { max: 2, onExceed: 'refuse' } } as const;

  it('rejects the sign-in, and the visitor keeps the cart', async () => {
    const env = setUp(refuse);
    await signedIn(env);
    await signedIn(env);
    const browser = new Browser();
    await browser.use(env.sessions, (session) => session.update({ cart: ['hat'] }));
    const { session, respond } = await browser.load(env.sessions);
    const { status, message } = await failure(session.signIn('alice'), 'ERR_USER_LIMIT');
    expect(status).toBe(409);
    expect(message).toContain('2 sessions');
    expect(session.userId).toBeUndefined();
    expect(setCookies(respond())).toEqual([]);
    expect(await browser.use(env.sessions, ({ data }) => data.cart)).toEqual(['hat']);
    expect(await idsOf(env)).toHaveLength(2);
  });

  it('writes nothing for a rejected sign-in', async () => {
    const env = setUp(refuse);
    await signedIn(env);
    await signedIn(env);
    env.store.forget();
    await failure(signedInFresh(env), 'ERR_USER_LIMIT');
    expect(env.store.writes).toBe(0);
  });

  it('counts only live sessions', async () => {
    const env = setUp(refuse);
    const [a] = [await signedIn(env), await signedIn(env)];
    await a.use(env.sessions, (session) => session.destroy());
    expect(await userOf(env, await signedIn(env))).toBe('alice');
  });

  it('lets a listed session sign in again', async () => {
    const env = setUp(refuse);
    const [a] = [await signedIn(env), await signedIn(env)];
    await a.use(env.sessions, (session) => session.signIn('alice'));
    expect(await userOf(env, a)).toBe('alice');
  });

  it('restores the earlier session if a concurrent sign-in took the last place', async () => {
    const env = setUp(refuse);
    await signedIn(env);
    const browser = new Browser();
    await browser.use(env.sessions, (session) => session.update({ cart: ['hat'] }));
    const { session } = await browser.load(env.sessions);
    const held = gate();
    const key = userKey('alice');
    env.store.before = (call) => (call.operation === 'write' && call.key === key ? held.wait() : undefined);
    const signingIn = failure(session.signIn('alice'), 'ERR_USER_LIMIT');
    await held.reached;
    env.store.before = () => undefined;
    await signedIn(setUp(refuse, env));
    held.open();
    await signingIn;
    expect(await browser.use(env.sessions, ({ userId, data }) => [userId, data.cart])).toEqual([
      undefined,
      ['hat'],
    ]);
    expect(await idsOf(env)).toHaveLength(2);
  });

  it('ends a new session if a concurrent sign-in took the last place', async () => {
    const env = setUp(refuse);
    await signedIn(env);
    const held = gate();
    const key = userKey('alice');
    env.store.before = (call) => (call.operation === 'write' && call.key === key ? held.wait() : undefined);
    const late = failure(signedInFresh(env), 'ERR_USER_LIMIT');
    await held.reached;
    env.store.before = () => undefined;
    await signedIn(setUp(refuse, env));
    held.open();
    await late;
    expect(env.store.size).toBe(3);
    expect(await idsOf(env)).toHaveLength(2);
  });
});

describe('the index', () => {
  it('is never deleted by a change of it', async () => {
    const env = setUp();
    const browser = await signedIn(env);
    await browser.use(env.sessions, (session) => session.destroy());
    await idsOf(env);
    await env.sessions.revokeUser('alice');
    expect(await env.store.inner.read(userKey('alice'))).toBeDefined();
    expect(
      env.store.calls.filter(({ operation, key }) => operation === 'delete' && key.startsWith('user.')),
    ).toEqual([]);
  });

  it('begins at a random version', async () => {
    const env = setUp();
    const versions = new Set<number | undefined>();
    for (const userId of ['a', 'b', 'c', 'd', 'e']) {
      await signedIn(env, userId);
      versions.add((await env.store.inner.read(userKey(userId)))?.version);
    }
    expect(versions.size).toBe(5);
  });

  it('lives as long as its longest session can, at most 400 days', async () => {
    const env = setUp();
    await signedIn(env);
    const expiresAt = async () =>
      ((await env.store.inner.read(userKey('alice')))?.expiresAt ?? 0) - env.clock.now();
    expect(await expiresAt()).toBe(DAY / 2);
    await new Browser().use(env.sessions, (session) => session.signIn('alice', { remember: true }));
    expect(await expiresAt()).toBe(90 * DAY);
    await signedIn(env);
    expect(await expiresAt()).toBe(90 * DAY);
    const endless = setUp({ absoluteTimeout: false }, env);
    await signedIn(endless);
    expect(await expiresAt()).toBe(400 * DAY);
  });

  it('survives many concurrent writers', async () => {
    const env = setUp();
    let left = 20;
    env.store.before = async ({ operation, key }) => {
      if (operation === 'write' && key.startsWith('user.') && left > 0) {
        left -= 1;
        if ((await env.store.inner.read(key)) !== undefined) await overwrite(env.store, key);
      }
      return undefined;
    };
    await signedIn(env);
    const browser = await signedIn(env);
    expect(await userOf(env, browser)).toBe('alice');
  });

  it('causes ERR_SESSION_CONTENTION if others never stop changing it, and the visitor keeps the cart', async () => {
    const env = setUp();
    await signedIn(env);
    const browser = new Browser();
    await browser.use(env.sessions, (session) => session.update({ cart: ['hat'] }));
    env.store.before = async ({ operation, key }) => {
      if (operation === 'write' && key.startsWith('user.')) await overwrite(env.store, key);
      return undefined;
    };
    const { session } = await browser.load(env.sessions);
    const { status } = await failure(session.signIn('alice'), 'ERR_SESSION_CONTENTION');
    expect(status).toBe(503);
    await failure(env.sessions.revokeUser('alice'), 'ERR_SESSION_CONTENTION');
    env.store.before = () => undefined;
    expect(await browser.use(env.sessions, ({ userId, data }) => [userId, data.cart])).toEqual([
      undefined,
      ['hat'],
    ]);
    expect(await idsOf(env)).toHaveLength(1);
  });

  it('that a failover lost gets its epoch back at the next confirmation', async () => {
    const env = setUp();
    await env.sessions.revokeUser('alice');
    const browser = await signedIn(env);
    env.clock.advance('15m');
    await userOf(env, browser);
    const key = userKey('alice');
    const lost = await env.store.inner.read(key);
    await env.store.inner.compareAndSet(key, lost?.version ?? null, null);
    // Somebody signs in before, under the epoch of a list that begins again.
    const later = await signedIn(env);
    expect(await userOf(env, browser)).toBe('alice');
    expect(await idsOf(env)).toContain(browser.id);
    expect(await userOf(env, later)).toBe('alice');
    expect(await env.sessions.revokeUser('alice')).toBe(2);
  });

  it('stops sign-ins and revocations if it is corrupt, and nothing else', async () => {
    const env = setUp();
    const browser = await signedIn(env);
    const key = userKey('alice');
    const record = await env.store.inner.read(key);
    const version = record?.version ?? 0;
    await env.store.inner.compareAndSet(key, version, {
      version: version + 1,
      expiresAt: 5e12,
      body: 'damaged',
    });
    await failure(signedInFresh(env), 'ERR_STORE_UNAVAILABLE');
    await failure(env.sessions.revokeUser('alice'), 'ERR_STORE_UNAVAILABLE');
    await failure(env.sessions.list('alice'), 'ERR_STORE_UNAVAILABLE');
    expect(await userOf(env, browser)).toBe('alice');
    await browser.use(env.sessions, (session) => session.destroy());
    expect(await userOf(env, browser)).toBeUndefined();
  });
});

describe('many changes of one index at once', () => {
  const readsOf = ({ store }: SetUp) => store.calls.filter(({ operation }) => operation === 'read').length;

  it.for(['end-oldest', 'refuse'] as const)(
    '100 sign-ins on a full list (%s) take at most 1,000 reads',
    async (onExceed) => {
      const env = setUp({ perUser: { max: 100, onExceed } });
      for (let i = 0; i < 100; i += 1) await signedInFresh(env);
      env.store.forget();
      const outcomes = await Promise.allSettled(Array.from({ length: 100 }, () => signedInFresh(env)));
      const expected = onExceed === 'refuse' ? 'rejected' : 'fulfilled';
      expect(outcomes.filter(({ status }) => status === expected)).toHaveLength(100);
      expect(readsOf(env)).toBeLessThanOrEqual(1000);
      expect(await idsOf(env)).toHaveLength(100);
    },
  );

  it('leave a user with the sessions of the last sign-ins', async () => {
    const env = setUp({ perUser: { max: 3 } });
    const browsers = await Promise.all(Array.from({ length: 8 }, () => signedIn(env)));
    const users = await Promise.all(browsers.map((browser) => userOf(env, browser)));
    expect(users).toEqual([...Array(5).fill(undefined), 'alice', 'alice', 'alice']);
    expect(await idsOf(env)).toEqual(browsers.slice(5).map(({ id }) => id));
  });

  it('do not wait for a call whose request was dropped: after a second each writes its own', async () => {
    const env = setUp();
    const dropped = gate();
    const key = userKey('alice');
    env.store.before = (call) =>
      call.operation === 'write' && call.key === key ? dropped.wait() : undefined;
    void signedInFresh(env);
    await dropped.reached;
    const waiting = [signedIn(env), signedIn(env), signedIn(env)];
    // A turn of the event loop, so that they are in the queue.
    await new Promise((resolve) => setImmediate(resolve));
    env.store.before = () => undefined;
    env.clock.advance('2s');
    const browsers = await Promise.all(waiting);
    for (const browser of browsers) expect(await userOf(env, browser)).toBe('alice');
  });

  it('are given up together if other processes never stop writing, and none is listed', async () => {
    const store = watchedStore();
    const clock = fakeClock();
    const sessions = assembleSessions<ShopData>(
      { store, initial: () => ({ cart: [] }), now: clock.now },
      () => Promise.resolve(),
    );
    const env = { ...setUp({}, { store, clock }), sessions };
    await signedIn(env);
    store.before = async ({ operation, key }) => {
      if (operation === 'write' && key.startsWith('user.')) await overwrite(store, key);
      return undefined;
    };
    const failing = [1, 2, 3].map(() => failure(signedInFresh(env), 'ERR_SESSION_CONTENTION'));
    await Promise.all(failing);
    store.before = () => undefined;
    expect(await idsOf(env)).toHaveLength(1);
  });
});

describe('the length of an index', () => {
  const lengthOf = async ({ store }: SetUp) =>
    (await store.inner.read(userKey('alice')))?.body.split('],[').length ?? 0;

  it('does not grow by finishing again and again', async () => {
    const env = setUp({ perUser: { max: 5 } });
    const browser = await signedIn(env);
    for (let i = 0; i < 30; i += 1) {
      await browser.use(env.sessions, (session) => session.finish(i, { keepUser: true }));
      expect(await lengthOf(env)).toBe(1);
    }
    expect(await userOf(env, browser)).toBe('alice');
  });

  it('is at most about twice the limit even if no finished session is ever unlisted', async () => {
    const env = setUp({ perUser: { max: 5 } });
    const browser = await signedIn(env);
    let indexWrites = 0;
    env.store.before = ({ operation, key }) => {
      if (operation !== 'write' || key !== userKey('alice')) return undefined;
      indexWrites += 1;
      return indexWrites === 1 ? undefined : 'reject';
    };
    for (let i = 0; i < 30; i += 1) {
      indexWrites = 0;
      await browser.use(env.sessions, (session) => session.finish(i, { keepUser: true }));
    }
    expect(await lengthOf(env)).toBeLessThanOrEqual(12);
    env.store.before = () => undefined;
    expect(await userOf(env, browser)).toBe('alice');
  });

  it('holds up no other request, since it is read and ended in slices', async () => {
    const store = watchedStore();
    const clock = fakeClock();
    let pauses = 0;
    const sessions = assembleSessions<ShopData>(
      { store, initial: () => ({ cart: [] }), now: clock.now },
      () => {
        pauses += 1;
        return Promise.resolve();
      },
    );
    const browser = await signedIn({ ...setUp({}, { store, clock }), sessions });
    const key = userKey('alice');
    const record = (await store.inner.read(key)) ?? expect.unreachable();
    const index = decodeIndex(record) ?? expect.unreachable();
    const dead = Array.from({ length: 2000 }, (_, i) => ({ id: `dead ${i}`, epoch: 0 }));
    const long = encodeIndex({ ...index, sessions: [...dead, ...index.sessions] }, record.version + 1);
    await store.inner.compareAndSet(key, record.version, long);
    expect(await sessions.list('alice')).toHaveLength(1);
    expect(pauses).toBe(80);
    await store.inner.compareAndSet(key, (await store.inner.read(key))?.version ?? 0, {
      ...long,
      version: 2 ** 50,
    });
    expect(await sessions.revokeUser('alice')).toBe(1);
    expect(pauses).toBe(239);
    expect(browser.id).toHaveLength(22);
  });
});

describe('revokeAll', () => {
  it('ends every session of every user', async () => {
    const env = setUp();
    const [a, b] = [await signedIn(env), await signedIn(env, 'bob')];
    await env.sessions.revokeAll();
    expect(env.store.size).toBe(0);
    expect(await userOf(env, a)).toBeUndefined();
    expect(await userOf(env, b)).toBeUndefined();
  });

  it('needs a store that can clear', async () => {
    const { read, compareAndSet } = memoryStore();
    const store: SessionStore = { read, compareAndSet };
    const { message } = await failure(setUp({ store }).sessions.revokeAll(), 'ERR_CONFIG');
    expect(message).toContain('revokeAll() needs a store with a clear() method');
  });
});

/** Signs in from a browser without a session. */
function signedInFresh(env: SetUp): Promise<void> {
  return new Browser().use(env.sessions, (session) => session.signIn('alice'));
}
