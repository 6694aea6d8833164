import { describe, expect, it } from 'vitest';
import { Browser, FIREFOX, SAFARI, setCookies } from '../../test/support/browser.ts';
import { failure, type SetUp, setUp } from '../../test/support/set-up.ts';
import { gate, overwrite } from '../../test/support/watched-store.ts';
import { memoryStore } from '../store/memory/memory-store.ts';
import type { SessionStore } from '../store/store.ts';
import { fakeClock } from '../testing/fake-clock.ts';
import { userKey } from './user-index.ts';

const DAY = 24 * 60 * 60_000;

async function signedIn(
  of: SetUp,
  userId = 'alice',
  browser = new Browser(),
): Promise<Browser & { id: string }> {
  const id = await browser.use(of.sessions, async (session) => {
    await session.update({ cart: ['coat'] });
    await session.signIn(userId);
    return session.id ?? '';
  });
  return Object.assign(browser, { id });
}

const idsOf = async ({ sessions }: SetUp, userId = 'alice') =>
  (await sessions.list(userId)).map(({ id }) => id);
const userOf = (of: SetUp, browser: Browser) => browser.use(of.sessions, ({ userId }) => userId);

describe('list', () => {
  it('gives the living sessions of a user in the order of their sign-ins', async () => {
    const of = setUp();
    const a = await signedIn(of);
    await signedIn(of, 'bob');
    const b = await signedIn(of);
    expect(await idsOf(of)).toEqual([a.id, b.id]);
    await a.use(of.sessions, (session) => session.signIn('alice'));
    expect(await idsOf(of)).toEqual([b.id, a.id]);
    expect(await idsOf(of, 'nobody')).toEqual([]);
  });

  it('shows what an owner knows a device by (ASVS 7.5.2)', async () => {
    const of = setUp();
    const browser = new Browser({ ip: '198.51.100.9', userAgent: SAFARI });
    await browser.use(of.sessions, (session) => session.update({ note: 'x' }));
    const granted = of.clock.now();
    of.clock.advance('5m');
    const id = await browser.use(of.sessions, async (session) => {
      await session.signIn('alice');
      return session.id;
    });
    const signedInAt = of.clock.now();
    of.clock.advance('10m');
    await browser.use(of.sessions, () => {});
    expect(await of.sessions.list('alice')).toEqual([
      {
        id,
        userId: 'alice',
        createdAt: new Date(granted),
        signedInAt: new Date(signedInAt),
        lastSeenAt: new Date(of.clock.now()),
        expiresAt: new Date(of.clock.now() + 30 * 60_000),
        remembered: false,
        client: { network: '198.51.100.0/24', browser: 'Safari', platform: 'macOS' },
      },
    ]);
  });

  it('leaves out of the client what is unknown', async () => {
    const of = setUp();
    const visit = of.sessions.open({
      method: 'POST',
      host: undefined,
      ip: undefined,
      header: () => undefined,
      query: () => undefined,
      form: () => undefined,
    });
    await visit.session.signIn('alice');
    const [summary] = await of.sessions.list('alice');
    expect(summary?.client).toEqual({ network: undefined, browser: undefined, platform: undefined });
  });

  it('shows the client that last confirmed a token', async () => {
    const of = setUp();
    const browser = await signedIn(of, 'alice', new Browser({ userAgent: FIREFOX }));
    of.clock.advance('15m');
    await userOf(of, browser);
    await userOf(of, browser.copy({ ip: '198.51.100.9' }));
    expect(await of.sessions.list('alice')).toMatchObject([{ client: { network: '198.51.100.0/24' } }]);
  });

  it('leaves out the dead, and prunes them', async () => {
    const of = setUp();
    const [destroyed, finished, living] = [await signedIn(of), await signedIn(of), await signedIn(of)];
    await destroyed.use(of.sessions, (session) => session.destroy());
    await finished.use(of.sessions, (session) => session.finish());
    expect(await idsOf(of)).toEqual([living.id]);
    const index = await of.store.inner.read(userKey('alice'));
    expect(index?.body).toContain(living.id);
    expect(index?.body).not.toContain(destroyed.id);
    expect(index?.body).not.toContain(finished.id);
  });

  it('leaves out the expired, whose records are deleted with it', async () => {
    const of = setUp();
    const expired = await signedIn(of);
    of.clock.advance('20m');
    const living = await signedIn(of);
    of.clock.advance('20m');
    expect(await idsOf(of)).toEqual([living.id]);
    expect(await of.store.inner.read(expired.id)).toBeUndefined();
    expect(of.events.filter(({ type }) => type === 'expired')).toMatchObject([{ sessionId: expired.id }]);
  });

  it('lists one that was used just when its time was over: by a server with a slower clock', async () => {
    const of = setUp();
    const browser = await signedIn(of);
    const behind = setUp({}, { store: of.store, clock: fakeClock(of.clock.now() - 10_000) });
    of.clock.advance('30m');
    behind.clock.advance('30m');
    of.store.before = async ({ operation }) => {
      if (operation === 'delete') {
        of.store.before = () => undefined;
        await browser.use(behind.sessions, (session) => session.update({ note: 'just in time' }));
      }
      return undefined;
    };
    expect(await idsOf(of)).toEqual([browser.id]);
  });

  it('keeps on the list what it cannot read: a newer version may be able to', async () => {
    const of = setUp();
    const browser = await signedIn(of);
    const record = await of.store.inner.read(browser.id);
    const version = record?.version ?? 0;
    await of.store.inner.compareAndSet(browser.id, version, {
      version: version + 1,
      expiresAt: record?.expiresAt ?? 0,
      body: '[9]\n',
    });
    expect(await idsOf(of)).toEqual([]);
    expect((await of.store.inner.read(userKey('alice')))?.body).toContain(browser.id);
  });

  it('refuses what is no user ID', async () => {
    const { sessions } = setUp();
    await failure(sessions.list(''), 'ERR_CONFIG');
    await failure(sessions.revoke('', 'x'), 'ERR_CONFIG');
    await failure(sessions.revokeUser(''), 'ERR_CONFIG');
  });
});

describe('revoke', () => {
  it('ends one session of the user: its token opens nothing from then on', async () => {
    const of = setUp();
    const [lost, kept] = [await signedIn(of), await signedIn(of)];
    of.events.length = 0;
    expect(await of.sessions.revoke('alice', lost.id)).toBe(true);
    expect(await userOf(of, lost)).toBeUndefined();
    expect(await userOf(of, kept)).toBe('alice');
    expect(await idsOf(of)).toEqual([kept.id]);
    expect(of.events[0]).toMatchObject({
      type: 'revoked',
      by: 'revoke',
      sessionId: lost.id,
      userId: 'alice',
    });
    expect(await of.sessions.revoke('alice', lost.id)).toBe(false);
  });

  it('of another user’s session is false, and ends nothing', async () => {
    const of = setUp();
    const browser = await signedIn(of, 'bob');
    expect(await of.sessions.revoke('alice', browser.id)).toBe(false);
    expect(await userOf(of, browser)).toBe('bob');
    expect(await idsOf(of, 'bob')).toEqual([browser.id]);
  });

  it('of an anonymous session is false, and ends nothing', async () => {
    const of = setUp();
    const browser = new Browser();
    const id = await browser.use(of.sessions, async (session) => {
      await session.update({ cart: ['coat'] });
      return session.id ?? '';
    });
    expect(await of.sessions.revoke('alice', id)).toBe(false);
    expect(await browser.use(of.sessions, ({ data }) => data.cart)).toEqual(['coat']);
  });

  it.for([
    ['a text from a form', 'user.x'],
    ['nothing', ''],
    ['an ID that nobody has', 'A'.repeat(22)],
    ['the key of the list', userKey('alice')],
    ['no text at all', undefined],
  ])('of %s is false', async ([, id]) => {
    const of = setUp();
    const browser = await signedIn(of);
    expect(await of.sessions.revoke('alice', id as string)).toBe(false);
    expect(await userOf(of, browser)).toBe('alice');
  });

  it('ends what a request under way holds', async () => {
    const of = setUp();
    const browser = await signedIn(of);
    const slow = await browser.load(of.sessions);
    await of.sessions.revoke('alice', browser.id);
    await failure(slow.session.update({ note: 'x' }), 'ERR_SESSION_ENDED');
    expect(await slow.session.finish('receipt')).toBe(false);
  });
});

describe('revokeUser', () => {
  it('ends all sessions of the user and counts them (ASVS 7.4.2)', async () => {
    const of = setUp();
    const mine = [await signedIn(of), await signedIn(of), await signedIn(of)];
    const other = await signedIn(of, 'bob');
    expect(await of.sessions.revokeUser('alice')).toBe(3);
    for (const browser of mine) expect(await userOf(of, browser)).toBeUndefined();
    expect(await userOf(of, other)).toBe('bob');
    expect(await idsOf(of)).toEqual([]);
    expect(of.events.filter(({ type }) => type === 'revoked')).toMatchObject(
      mine.map(({ id }) => ({ by: 'revoke-user', sessionId: id, userId: 'alice' })),
    );
    expect(await of.sessions.revokeUser('alice')).toBe(0);
  });

  it('leaves the excepted one (ASVS 7.4.3)', async () => {
    const of = setUp();
    const [lost, kept] = [await signedIn(of), await signedIn(of)];
    expect(await of.sessions.revokeUser('alice', { except: kept.id })).toBe(1);
    expect(await userOf(of, lost)).toBeUndefined();
    expect(await userOf(of, kept)).toBe('alice');
    expect(await idsOf(of)).toEqual([kept.id]);
    // It belongs to the new epoch: a later confirmation and a later revocation treat it as living.
    of.clock.advance('15m');
    await userOf(of, kept);
    expect(await userOf(of, kept)).toBe('alice');
    expect(await of.sessions.revokeUser('alice')).toBe(1);
    expect(await userOf(of, kept)).toBeUndefined();
  });

  it('with a session that has ended for the exception ends all others', async () => {
    const of = setUp();
    const [mine, gone] = [await signedIn(of), await signedIn(of)];
    await gone.use(of.sessions, (session) => session.destroy());
    expect(await of.sessions.revokeUser('alice', { except: gone.id })).toBe(1);
    expect(await userOf(of, mine)).toBeUndefined();
    expect(await idsOf(of)).toEqual([]);
  });

  it('with another user’s session for the exception ends all', async () => {
    const of = setUp();
    const mine = await signedIn(of);
    const other = await signedIn(of, 'bob');
    expect(await of.sessions.revokeUser('alice', { except: other.id })).toBe(1);
    expect(await userOf(of, mine)).toBeUndefined();
    expect(await userOf(of, other)).toBe('bob');
  });

  it.for([0, 1, 2, 3])('also revokes a sign-in under way, held up at store call %i', async (at) => {
    for (const prepare of ['without a session', 'with one'] as const) {
      const of = setUp();
      const browser = new Browser();
      if (prepare === 'with one')
        await browser.use(of.sessions, (session) => session.update({ cart: ['coat'] }));
      const { session, answer } = await browser.load(of.sessions);
      const held = gate();
      let left = at;
      of.store.before = () => {
        left -= 1;
        return left === -1 ? held.wait() : undefined;
      };
      const signingIn = session.signIn('alice').then(
        () => 'done',
        (error: { code: string }) => error.code,
      );
      const reached = await Promise.race([held.reached.then(() => true), signingIn.then(() => false)]);
      if (!reached) continue;
      of.store.before = () => undefined;
      await of.sessions.revokeUser('alice');
      held.open();
      const outcome = await signingIn;
      answer();
      // The first call reads the epoch: what reads it after the revocation is a sign-in after it.
      expect(outcome).toBe(at === 0 ? 'done' : 'ERR_SIGN_IN_REVOKED');
      expect(await userOf(of, browser)).toBe(at === 0 ? 'alice' : undefined);
      expect(await idsOf(of)).toHaveLength(at === 0 ? 1 : 0);
    }
  });

  it('creates the list where there is none, so that a first sign-in under way is revoked too', async () => {
    const of = setUp();
    expect(await of.sessions.revokeUser('alice')).toBe(0);
    expect(await of.store.inner.read(userKey('alice'))).toBeDefined();
  });

  it('a sign-in afterwards is not its business', async () => {
    const of = setUp();
    await of.sessions.revokeUser('alice');
    const browser = await signedIn(of);
    expect(await userOf(of, browser)).toBe('alice');
  });
});

describe("perUser: onExceed 'end-oldest'", () => {
  it('ends the one longest unused, not the one that signed in first', async () => {
    const of = setUp({ perUser: { max: 3 } });
    const [a, b, c] = [await signedIn(of), await signedIn(of), await signedIn(of)];
    of.clock.advance('2m');
    await userOf(of, a);
    of.clock.advance('2m');
    await userOf(of, c);
    of.events.length = 0;
    const d = await signedIn(of);
    expect(await userOf(of, b)).toBeUndefined();
    for (const browser of [a, c, d]) expect(await userOf(of, browser)).toBe('alice');
    expect(of.events.filter(({ type }) => type === 'revoked')).toMatchObject([
      { by: 'limit', sessionId: b.id },
    ]);
  });

  it('ends nobody while the dead make room', async () => {
    const of = setUp({ perUser: { max: 2 } });
    const [a, b] = [await signedIn(of), await signedIn(of)];
    await a.use(of.sessions, (session) => session.destroy());
    const c = await signedIn(of);
    for (const browser of [b, c]) expect(await userOf(of, browser)).toBe('alice');
  });

  it('does not count the session that signs in again', async () => {
    const of = setUp({ perUser: { max: 2 } });
    const [a, b] = [await signedIn(of), await signedIn(of)];
    await a.use(of.sessions, (session) => session.signIn('alice'));
    for (const browser of [a, b]) expect(await userOf(of, browser)).toBe('alice');
  });

  it('many sign-ins at once leave no more than max', async () => {
    const of = setUp({ perUser: { max: 3 } });
    const other = setUp({ perUser: { max: 3 } }, of);
    const browsers = await Promise.all(
      Array.from({ length: 12 }, (_, i) => signedIn(i % 2 === 0 ? of : other)),
    );
    const users = await Promise.all(browsers.map((browser) => userOf(of, browser)));
    expect(users.filter((userId) => userId === 'alice')).toHaveLength(3);
    expect(await idsOf(of)).toHaveLength(3);
  });

  it('a smaller limit than before takes effect at the next sign-in', async () => {
    const of = setUp();
    for (let i = 0; i < 5; i += 1) {
      await signedIn(of);
      of.clock.advance('1s');
    }
    const smaller = setUp({ perUser: { max: 2 } }, of);
    await signedIn(smaller);
    expect(await idsOf(of)).toHaveLength(2);
  });
});

describe("perUser: onExceed 'refuse'", () => {
  const refuse = { perUser: { max: 2, onExceed: 'refuse' } } as const;

  it('refuses the sign-in, and the visitor keeps the cart', async () => {
    const of = setUp(refuse);
    await signedIn(of);
    await signedIn(of);
    const browser = new Browser();
    await browser.use(of.sessions, (session) => session.update({ cart: ['hat'] }));
    const { session, answer } = await browser.load(of.sessions);
    const { status, message } = await failure(session.signIn('alice'), 'ERR_USER_LIMIT');
    expect(status).toBe(409);
    expect(message).toContain('2 sessions');
    expect(session.userId).toBeUndefined();
    expect(setCookies(answer())).toEqual([]);
    expect(await browser.use(of.sessions, ({ data }) => data.cart)).toEqual(['hat']);
    expect(await idsOf(of)).toHaveLength(2);
  });

  it('writes nothing for it', async () => {
    const of = setUp(refuse);
    await signedIn(of);
    await signedIn(of);
    of.store.forget();
    await failure(signedInFresh(of), 'ERR_USER_LIMIT');
    expect(of.store.writes).toBe(0);
  });

  it('counts the living only', async () => {
    const of = setUp(refuse);
    const [a] = [await signedIn(of), await signedIn(of)];
    await a.use(of.sessions, (session) => session.destroy());
    expect(await userOf(of, await signedIn(of))).toBe('alice');
  });

  it('lets a session that is there sign in again', async () => {
    const of = setUp(refuse);
    const [a] = [await signedIn(of), await signedIn(of)];
    await a.use(of.sessions, (session) => session.signIn('alice'));
    expect(await userOf(of, a)).toBe('alice');
  });

  it('where a race met it, restores the earlier body: the cart and its token live on', async () => {
    const of = setUp(refuse);
    await signedIn(of);
    const browser = new Browser();
    await browser.use(of.sessions, (session) => session.update({ cart: ['hat'] }));
    const { session } = await browser.load(of.sessions);
    const held = gate();
    const key = userKey('alice');
    of.store.before = (call) => (call.operation === 'write' && call.key === key ? held.wait() : undefined);
    const signingIn = failure(session.signIn('alice'), 'ERR_USER_LIMIT');
    await held.reached;
    of.store.before = () => undefined;
    await signedIn(of);
    held.open();
    await signingIn;
    expect(await browser.use(of.sessions, ({ userId, data }) => [userId, data.cart])).toEqual([
      undefined,
      ['hat'],
    ]);
    expect(await idsOf(of)).toHaveLength(2);
  });

  it('where a race met a new session, ends it', async () => {
    const of = setUp(refuse);
    await signedIn(of);
    const held = gate();
    const key = userKey('alice');
    of.store.before = (call) => (call.operation === 'write' && call.key === key ? held.wait() : undefined);
    const late = failure(signedInFresh(of), 'ERR_USER_LIMIT');
    await held.reached;
    of.store.before = () => undefined;
    await signedIn(of);
    held.open();
    await late;
    expect(of.store.size).toBe(3);
    expect(await idsOf(of)).toHaveLength(2);
  });
});

describe('the list', () => {
  it('is never deleted by a change of it', async () => {
    const of = setUp();
    const browser = await signedIn(of);
    await browser.use(of.sessions, (session) => session.destroy());
    await idsOf(of);
    await of.sessions.revokeUser('alice');
    expect(await of.store.inner.read(userKey('alice'))).toBeDefined();
    expect(
      of.store.calls.filter(({ operation, key }) => operation === 'delete' && key.startsWith('user.')),
    ).toEqual([]);
  });

  it('begins at a random version', async () => {
    const of = setUp();
    const versions = new Set<number | undefined>();
    for (const userId of ['a', 'b', 'c', 'd', 'e']) {
      await signedIn(of, userId);
      versions.add((await of.store.inner.read(userKey(userId)))?.version);
    }
    expect(versions.size).toBe(5);
  });

  it('lives as long as its longest session can, 400 days at most', async () => {
    const of = setUp();
    await signedIn(of);
    const expiresAt = async () =>
      ((await of.store.inner.read(userKey('alice')))?.expiresAt ?? 0) - of.clock.now();
    expect(await expiresAt()).toBe(DAY / 2);
    await new Browser().use(of.sessions, (session) => session.signIn('alice', { remember: true }));
    expect(await expiresAt()).toBe(90 * DAY);
    await signedIn(of);
    expect(await expiresAt()).toBe(90 * DAY);
    const endless = setUp({ absoluteTimeout: false }, of);
    await signedIn(endless);
    expect(await expiresAt()).toBe(400 * DAY);
  });

  it('is met by many writers without a failure', async () => {
    const of = setUp();
    let left = 20;
    of.store.before = async ({ operation, key }) => {
      if (operation === 'write' && key.startsWith('user.') && left > 0) {
        left -= 1;
        if ((await of.store.inner.read(key)) !== undefined) await overwrite(of.store, key);
      }
      return undefined;
    };
    await signedIn(of);
    const browser = await signedIn(of);
    expect(await userOf(of, browser)).toBe('alice');
  });

  it('that others change without end is given up: ERR_SESSION_CONTENTION, and the visitor keeps the cart', async () => {
    const of = setUp();
    await signedIn(of);
    const browser = new Browser();
    await browser.use(of.sessions, (session) => session.update({ cart: ['hat'] }));
    of.store.before = async ({ operation, key }) => {
      if (operation === 'write' && key.startsWith('user.')) await overwrite(of.store, key);
      return undefined;
    };
    const { session } = await browser.load(of.sessions);
    const { status } = await failure(session.signIn('alice'), 'ERR_SESSION_CONTENTION');
    expect(status).toBe(503);
    await failure(of.sessions.revokeUser('alice'), 'ERR_SESSION_CONTENTION');
    of.store.before = () => undefined;
    expect(await browser.use(of.sessions, ({ userId, data }) => [userId, data.cart])).toEqual([
      undefined,
      ['hat'],
    ]);
    expect(await idsOf(of)).toHaveLength(1);
  });

  it('that a failover lost together with its epoch gets the epoch back from who confirms', async () => {
    const of = setUp();
    await of.sessions.revokeUser('alice');
    const browser = await signedIn(of);
    of.clock.advance('15m');
    await userOf(of, browser);
    const key = userKey('alice');
    const lost = await of.store.inner.read(key);
    await of.store.inner.compareAndSet(key, lost?.version ?? null, null);
    // Somebody signs in before, under the epoch of a list that begins again.
    const later = await signedIn(of);
    expect(await userOf(of, browser)).toBe('alice');
    expect(await idsOf(of)).toContain(browser.id);
    expect(await userOf(of, later)).toBe('alice');
    expect(await of.sessions.revokeUser('alice')).toBe(2);
  });

  it('that cannot be read stops sign-ins and revocations, and nothing else', async () => {
    const of = setUp();
    const browser = await signedIn(of);
    const key = userKey('alice');
    const record = await of.store.inner.read(key);
    const version = record?.version ?? 0;
    await of.store.inner.compareAndSet(key, version, {
      version: version + 1,
      expiresAt: 5e12,
      body: 'damaged',
    });
    await failure(signedInFresh(of), 'ERR_STORE_UNAVAILABLE');
    await failure(of.sessions.revokeUser('alice'), 'ERR_STORE_UNAVAILABLE');
    await failure(of.sessions.list('alice'), 'ERR_STORE_UNAVAILABLE');
    expect(await userOf(of, browser)).toBe('alice');
    await browser.use(of.sessions, (session) => session.destroy());
    expect(await userOf(of, browser)).toBeUndefined();
  });
});

describe('revokeAll', () => {
  it('ends every session of everybody', async () => {
    const of = setUp();
    const [a, b] = [await signedIn(of), await signedIn(of, 'bob')];
    await of.sessions.revokeAll();
    expect(of.store.size).toBe(0);
    expect(await userOf(of, a)).toBeUndefined();
    expect(await userOf(of, b)).toBeUndefined();
  });

  it('needs a store that can clear', async () => {
    const { read, compareAndSet } = memoryStore();
    const store: SessionStore = { read, compareAndSet };
    const { message } = await failure(setUp({ store }).sessions.revokeAll(), 'ERR_CONFIG');
    expect(message).toContain('revokeAll() needs a store that can clear');
  });
});

/** Signs in without a session. */
function signedInFresh(of: SetUp): Promise<void> {
  return new Browser().use(of.sessions, (session) => session.signIn('alice'));
}
