// OWASP ASVS 5.0.0, chapter V7: what of each requirement a session library can keep. docs/asvs.md says what is left to the app.

import { expect, it, vi } from 'vitest';
import type { Session } from '../../src/session/session-types.ts';
import type { Sessions } from '../../src/session/sessions-types.ts';
import { Browser } from '../support/browser.ts';
import { FROM_ELSEWHERE } from '../support/request.ts';
import { failure, type ShopData, setUp } from '../support/set-up.ts';
import { gate } from '../support/watched-store.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** A browser in which the user is signed in. */
async function signedIn(sessions: Sessions<ShopData>, userId = 'ann', options?: { remember?: boolean }) {
  const browser = new Browser();
  await browser.use(sessions, (session) => session.signIn(userId, options));
  return browser;
}

/** Who a browser is to the server, and why its token opens nothing where it opens nothing. */
function lookOf(sessions: Sessions<ShopData>, browser: Browser) {
  return browser.use(sessions, ({ userId, ended }) => ({ userId, ended: ended?.reason }));
}

function idOf(sessions: Sessions<ShopData>, browser: Browser) {
  return browser.use(sessions, ({ id }) => id ?? '');
}

it('ASVS 7.1.1: the timeouts are as documented: 30 minutes and 12 hours, remembered 14 days and 90 days', async () => {
  const { sessions, clock } = setUp();
  const livesFor = (session: Session<ShopData>) => Number(session.expiresAt) - clock.now();
  const browser = await signedIn(sessions);
  const remembering = await signedIn(sessions, 'bob', { remember: true });
  expect(await browser.use(sessions, livesFor)).toBe(30 * MINUTE);
  expect(await remembering.use(sessions, livesFor)).toBe(14 * DAY);
  for (let days = 0; days < 89; days += 1) {
    clock.advance('1d');
    await lookOf(sessions, remembering);
  }
  expect(await remembering.use(sessions, livesFor)).toBe(DAY);
  clock.advance('1d');
  expect(await lookOf(sessions, remembering)).toEqual({ userId: undefined, ended: 'absolute' });
});

it('ASVS 7.1.2: a user has 100 sessions at once by default, and one more ends the one unused for longest', async () => {
  const { sessions, clock } = setUp();
  const browsers: Browser[] = [];
  for (let i = 0; i < 100; i += 1) {
    browsers.push(await signedIn(sessions));
    clock.advance('1s');
  }
  const [first, second] = browsers;
  if (first === undefined || second === undefined) throw new Error('No browser signed in.');
  await first.use(sessions, (session) => session.update({ note: 'used' }));
  expect(await sessions.list('ann')).toHaveLength(100);
  await signedIn(sessions);
  expect(await sessions.list('ann')).toHaveLength(100);
  expect(await lookOf(sessions, second)).toEqual({ userId: undefined, ended: 'revoked' });
  expect(await lookOf(sessions, first)).toEqual({ userId: 'ann', ended: undefined });
});

it('ASVS 7.1.2: with refuse, one sign-in too many is rejected and no session ends', async () => {
  const { sessions } = setUp({ perUser: { max: 2, onExceed: 'refuse' } });
  const browsers = [await signedIn(sessions), await signedIn(sessions)];
  await failure(signedIn(sessions), 'ERR_USER_LIMIT');
  for (const browser of browsers) expect(await lookOf(sessions, browser)).toMatchObject({ userId: 'ann' });
});

it('ASVS 7.2.1: only the record on the server decides what a token opens', async () => {
  const { sessions, store, clock } = setUp();
  const browser = await signedIn(sessions);
  // The token says nothing by itself: another server over the same store knows whose it is, one over another store does not.
  const colleague = setUp({}, { store, clock });
  const stranger = setUp({}, { clock });
  expect(await lookOf(colleague.sessions, browser)).toMatchObject({ userId: 'ann' });
  expect(await lookOf(stranger.sessions, browser.copy())).toEqual({ userId: undefined, ended: 'unknown' });
});

it('ASVS 7.2.1: a token that a client made up opens nothing and is never adopted', async () => {
  const { sessions } = setUp();
  const browser = await signedIn(sessions);
  const id = browser.token.slice(0, 22);
  const forger = new Browser();
  forger.cookie = `__Host-session=${id}${'A'.repeat(43)}`;
  const forged = forger.cookie;
  expect(await lookOf(sessions, forger)).toEqual({ userId: undefined, ended: 'unknown' });
  await forger.use(sessions, (session) => session.update({ note: 'mine' }));
  expect(forger.cookie).not.toBe(forged);
  expect(await idOf(sessions, forger)).not.toBe(id);
});

it('ASVS 7.2.2: every session has a token of its own, including those of one user', async () => {
  const { sessions } = setUp({ secrets: ['a static key that signs, and never opens anything'] });
  const tokens: string[] = [];
  for (let i = 0; i < 50; i += 1) tokens.push((await signedIn(sessions)).token);
  expect(new Set(tokens.map((token) => token.slice(0, 22))).size).toBe(50);
  expect(new Set(tokens.map((token) => token.slice(22, 65))).size).toBe(50);
});

it('ASVS 7.2.3: all 128 bits of the ID and all 256 bits of the secret come from the CSPRNG, once', async () => {
  const drawn: number[] = [];
  const draw = crypto.getRandomValues.bind(crypto);
  const spy = vi.spyOn(crypto, 'getRandomValues').mockImplementation((array) => {
    const filled = draw(array);
    if (filled instanceof Uint8Array) drawn.push(...filled);
    return filled;
  });
  try {
    const { sessions } = setUp();
    const tokens = new Set<string>();
    for (let i = 0; i < 200; i += 1) {
      const browser = new Browser();
      await browser.use(sessions, (session) => session.update({ note: 'here' }));
      tokens.add(browser.token);
    }
    expect(tokens.size).toBe(200);
    const source = Buffer.from(drawn);
    for (const token of tokens) {
      const id = Buffer.from(token.slice(0, 22), 'base64url');
      const secret = Buffer.from(token.slice(22), 'base64url');
      expect([id.length, secret.length]).toEqual([16, 32]);
      for (const part of [id, secret]) {
        const at = source.indexOf(part);
        expect(at).toBeGreaterThanOrEqual(0);
        expect(source.indexOf(part, at + 1)).toBe(-1);
      }
    }
  } finally {
    spy.mockRestore();
  }
});

it('ASVS 7.2.4: signing in replaces the token, even for a user who signs in again', async () => {
  const { sessions } = setUp();
  const browser = new Browser();
  await browser.use(sessions, (session) => session.update({ cart: ['coat'] }));
  for (const when of ['first', 'again']) {
    const before = browser.copy();
    await browser.use(sessions, (session) => session.signIn('ann'));
    expect(browser.token, when).not.toBe(before.token);
    expect(await lookOf(sessions, before), when).toEqual({ userId: undefined, ended: 'unknown' });
    expect(await browser.use(sessions, ({ data }) => data.cart), when).toEqual(['coat']);
  }
});

it('ASVS 7.3.1: a session that is not used for the idle timeout ends, and its user must sign in again', async () => {
  const { sessions, clock } = setUp({ idleTimeout: '20m' });
  const browser = await signedIn(sessions);
  for (let i = 0; i < 5; i += 1) {
    clock.advance('18m');
    expect(await lookOf(sessions, browser)).toMatchObject({ userId: 'ann' });
  }
  clock.advance('20m');
  expect(await lookOf(sessions, browser)).toEqual({ userId: undefined, ended: 'idle' });
  // Nor does any later request find it: the record is gone.
  expect(await lookOf(sessions, browser)).toEqual({ userId: undefined, ended: 'unknown' });
});

it('ASVS 7.3.2: a session ends at its absolute timeout even while it is used, and only a sign-in restarts that timeout', async () => {
  const { sessions, clock } = setUp({ idleTimeout: '30m', absoluteTimeout: '2h' });
  const browser = await signedIn(sessions);
  clock.advance('29m');
  await browser.use(sessions, (session) => session.signIn('ann'));
  for (let minutes = 0; minutes < 119; minutes += 17) {
    expect(await lookOf(sessions, browser)).toMatchObject({ userId: 'ann' });
    await browser.use(sessions, (session) => session.update({ note: 'busy' }));
    await browser.use(sessions, (session) => session.renew());
    clock.advance('17m');
  }
  clock.advance('1m');
  expect(await lookOf(sessions, browser)).toEqual({ userId: undefined, ended: 'absolute' });
});

it('ASVS 7.4.1: a session that was signed out or expired is gone from the server, and no slower request revives it', async () => {
  const { sessions, store, clock } = setUp();
  const ends = {
    'signing out': (browser: Browser) => browser.use(sessions, (session) => session.destroy()),
    expiring: (browser: Browser) => {
      clock.advance('30m');
      return lookOf(sessions, browser);
    },
  };
  for (const [how, end] of Object.entries(ends)) {
    const browser = await signedIn(sessions);
    const copy = browser.copy();
    const id = await idOf(sessions, browser);
    const slow = await copy.load(sessions);
    await end(browser);
    expect(await store.read(id), how).toBeUndefined();
    await failure(slow.session.update({ note: 'late' }), 'ERR_SESSION_ENDED');
    await failure(slow.session.signIn('ann'), 'ERR_SESSION_ENDED');
    expect(await store.read(id), how).toBeUndefined();
    expect(await lookOf(sessions, copy), how).toEqual({ userId: undefined, ended: 'unknown' });
  }
});

it('ASVS 7.4.2: revoking a user ends all their sessions, including a sign-in in progress', async () => {
  const { sessions, store } = setUp();
  const browsers = [await signedIn(sessions), await signedIn(sessions), await signedIn(sessions, 'bob')];
  const halfway = gate();
  // The sign-in has read the user's list and is about to write its session when the account is disabled.
  store.before = ({ operation, key }) =>
    operation === 'write' && !key.startsWith('user.') ? halfway.wait() : undefined;
  const late = signedIn(sessions);
  late.catch(() => {});
  await halfway.reached;
  store.before = () => undefined;
  expect(await sessions.revokeUser('ann')).toBe(2);
  halfway.open();
  await failure(late, 'ERR_SIGN_IN_REVOKED');
  const users = await Promise.all(browsers.map((browser) => lookOf(sessions, browser)));
  expect(users.map(({ userId }) => userId)).toEqual([undefined, undefined, 'bob']);
  expect(await sessions.list('ann')).toEqual([]);
});

it('ASVS 7.4.3: a user can end all other sessions and keep the current one', async () => {
  const { sessions } = setUp();
  const others = [await signedIn(sessions), await signedIn(sessions, 'ann', { remember: true })];
  const present = await signedIn(sessions);
  const ended = await present.use(sessions, ({ id = '', userId = '' }) =>
    sessions.revokeUser(userId, { except: id }),
  );
  expect(ended).toBe(2);
  expect(await lookOf(sessions, present)).toMatchObject({ userId: 'ann' });
  for (const other of others) expect(await lookOf(sessions, other)).toMatchObject({ userId: undefined });
});

it('ASVS 7.4.5: an administrator can end one session of a user, all of them, or those of every user', async () => {
  const { sessions } = setUp();
  const [one, two, three] = [
    await signedIn(sessions),
    await signedIn(sessions),
    await signedIn(sessions, 'bob'),
  ];
  expect(await sessions.revoke('ann', await idOf(sessions, one))).toBe(true);
  expect(await lookOf(sessions, one)).toMatchObject({ userId: undefined });
  expect(await lookOf(sessions, two)).toMatchObject({ userId: 'ann' });
  expect(await sessions.revokeUser('ann')).toBe(1);
  expect(await lookOf(sessions, two)).toMatchObject({ userId: undefined });
  expect(await lookOf(sessions, three)).toMatchObject({ userId: 'bob' });
  await sessions.revokeAll();
  expect(await lookOf(sessions, three)).toMatchObject({ userId: undefined });
});

it('ASVS 7.5.1: only a sign-in makes a session fresh, not use, renewal or a write', async () => {
  const { sessions, clock } = setUp();
  const browser = await signedIn(sessions);
  const isFresh = () => browser.use(sessions, (session) => session.isFresh('5m'));
  clock.advance('5m');
  expect(await isFresh()).toBe(true);
  clock.advance(1);
  await browser.use(sessions, (session) => session.renew());
  await browser.use(sessions, (session) => session.update({ note: 'a new address' }));
  expect(await isFresh()).toBe(false);
  await browser.use(sessions, (session) => session.signIn('ann'));
  expect(await isFresh()).toBe(true);
  expect(await new Browser().use(sessions, (session) => session.isFresh('5m'))).toBe(false);
});

it('ASVS 7.5.2: users see each of their active sessions and can end any of them, but no other user’s', async () => {
  const { sessions } = setUp();
  const [here, there] = [await signedIn(sessions), await signedIn(sessions)];
  const foreign = await signedIn(sessions, 'bob');
  const [hereId, thereId, foreignId] = [
    await idOf(sessions, here),
    await idOf(sessions, there),
    await idOf(sessions, foreign),
  ];
  const ids = async () => (await sessions.list('ann')).map(({ id }) => id);
  expect(await ids()).toEqual([hereId, thereId]);
  expect(await sessions.revoke('ann', foreignId)).toBe(false);
  expect(await lookOf(sessions, foreign)).toMatchObject({ userId: 'bob' });
  expect(await sessions.revoke('ann', thereId)).toBe(true);
  expect(await lookOf(sessions, there)).toMatchObject({ userId: undefined });
  expect(await ids()).toEqual([hereId]);
});

it('ASVS 7.5.3: a fresh sign-in counts in its own session only', async () => {
  const { sessions, clock } = setUp();
  const browser = await signedIn(sessions);
  clock.advance('10m');
  const elsewhere = await signedIn(sessions);
  expect(await browser.use(sessions, (session) => session.isFresh('1m'))).toBe(false);
  expect(await elsewhere.use(sessions, (session) => session.isFresh('1m'))).toBe(true);
});

it('ASVS 7.6.1: the time since the last sign-in at an identity provider limits a session in use, and its sign-out ends it', async () => {
  const { sessions, clock } = setUp();
  const browser = await signedIn(sessions, 'idp|ann');
  for (let hours = 0; hours < 8; hours += 0.25) {
    clock.advance('15m');
    expect(await lookOf(sessions, browser)).toMatchObject({ userId: 'idp|ann' });
  }
  expect(await browser.use(sessions, (session) => session.isFresh('8h'))).toBe(true);
  clock.advance('1m');
  expect(await browser.use(sessions, (session) => session.isFresh('8h'))).toBe(false);
  expect(await sessions.revokeUser('idp|ann')).toBe(1);
  expect(await lookOf(sessions, browser)).toMatchObject({ userId: undefined });
});

it('ASVS 7.6.2: a visit alone begins no session, and no page of another site can sign a visitor in', async () => {
  const { sessions, store } = setUp();
  const browser = new Browser();
  await lookOf(sessions, browser);
  const planted = await browser.load(sessions, { method: 'POST', headers: FROM_ELSEWHERE });
  await failure(planted.session.signIn('mallory'), 'ERR_CROSS_SITE');
  planted.respond();
  expect(browser.cookie).toBeUndefined();
  expect(store.calls).toEqual([]);
});
