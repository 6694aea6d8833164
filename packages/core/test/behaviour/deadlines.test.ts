import { describe, expect, it } from 'vitest';
import { fakeClock } from '../../src/testing/fake-clock.ts';
import { Browser } from '../support/browser.ts';
import { failure, type SetUp, setUp } from '../support/set-up.ts';
import { gate, overwrite, watchedStore } from '../support/watched-store.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

async function shopper({ sessions, store, events }: SetUp): Promise<Browser & { id: string }> {
  const browser = new Browser();
  const id = await browser.use(sessions, async (session) => {
    await session.update({ cart: ['coat'] });
    return session.id ?? '';
  });
  store.forget();
  events.length = 0;
  return Object.assign(browser, { id });
}

const endedFor = (of: SetUp, browser: Browser) => browser.use(of.sessions, ({ ended }) => ended);

describe('the idle timeout', () => {
  it('ends the session so long after its last use, at the very moment (ASVS 7.3.1)', async () => {
    const of = setUp({ idleTimeout: '20m' });
    const browser = await shopper(of);
    of.clock.advance(20 * MINUTE - 1);
    expect(await endedFor(of, browser)).toBeUndefined();
    of.clock.advance(20 * MINUTE);
    expect(await endedFor(of, browser)).toEqual({ reason: 'idle' });
  });

  it('is moved on by each use, up to the absolute timeout', async () => {
    const of = setUp();
    const browser = await shopper(of);
    const granted = of.clock.now();
    for (let minutes = 25; minutes < 12 * 60; minutes += 25) {
      of.clock.advance('25m');
      const expiresAt = await browser.use(of.sessions, (session) => session.expiresAt?.getTime());
      expect(expiresAt).toBe(Math.min(of.clock.now() + 30 * MINUTE, granted + 12 * HOUR));
    }
  });

  it('false: is none', async () => {
    const of = setUp({ idleTimeout: false });
    const browser = await shopper(of);
    of.clock.advance(12 * HOUR - 1);
    expect(await endedFor(of, browser)).toBeUndefined();
  });

  it('comes early by one touch interval at most', async () => {
    const of = setUp();
    const browser = await shopper(of);
    of.clock.advance(MINUTE - 1);
    expect(await endedFor(of, browser)).toBeUndefined();
    of.clock.advance(29 * MINUTE);
    // 29 minutes after the use, a millisecond less than 30 after the last touch.
    expect(await endedFor(of, browser)).toBeUndefined();
  });
});

describe('the absolute timeout', () => {
  it('ends the session so long after it was granted, whatever its use (ASVS 7.3.2)', async () => {
    const of = setUp({ absoluteTimeout: '1h' });
    const browser = await shopper(of);
    for (let minutes = 0; minutes < 60; minutes += 10) {
      expect(await endedFor(of, browser)).toBeUndefined();
      of.clock.advance('10m');
    }
    expect(await endedFor(of, browser)).toEqual({ reason: 'absolute' });
  });

  it('false: is 400 days', async () => {
    const of = setUp({ absoluteTimeout: false, idleTimeout: '100d' });
    const browser = await shopper(of);
    for (let days = 90; days < 400; days += 90) {
      of.clock.advance('90d');
      expect(await endedFor(of, browser)).toBeUndefined();
    }
    of.clock.advance('40d');
    expect(await endedFor(of, browser)).toEqual({ reason: 'absolute' });
  });
});

describe('a touch', () => {
  it('is written once the touch interval has passed, and no more often', async () => {
    const of = setUp();
    const browser = await shopper(of);
    for (let seconds = 0; seconds < 300; seconds += 20) {
      of.clock.advance('20s');
      await browser.load(of.sessions);
    }
    expect(of.store.writes).toBe(5);
    expect(of.types()).toEqual(Array.from({ length: 5 }, () => 'touched'));
  });

  it('comes after a tenth of a short idle timeout', async () => {
    const of = setUp({ idleTimeout: '100s', renewAfter: false });
    const browser = await shopper(of);
    of.clock.advance(9_999);
    await browser.load(of.sessions);
    expect(of.store.writes).toBe(0);
    of.clock.advance(1);
    await browser.load(of.sessions);
    expect(of.store.writes).toBe(1);
  });

  it('changes nothing but the last use and the deadline', async () => {
    const of = setUp();
    const browser = await shopper(of);
    of.clock.advance('5m');
    expect(await browser.use(of.sessions, ({ id, data, createdAt }) => ({ id, data, createdAt }))).toEqual({
      id: browser.id,
      data: { cart: ['coat'] },
      createdAt: new Date(of.clock.now() - 5 * MINUTE),
    });
  });

  it('that loses its compareAndSet gives way', async () => {
    const of = setUp();
    const browser = await shopper(of);
    of.clock.advance('2m');
    let left = 1;
    of.store.before = async ({ operation, key }) => {
      if (operation === 'write' && left > 0) {
        left -= 1;
        await overwrite(of.store, key);
      }
      return undefined;
    };
    expect(await browser.use(of.sessions, ({ data }) => data.cart)).toEqual(['coat']);
  });

  it('by many requests at once is written by one of them', async () => {
    const of = setUp();
    const browser = await shopper(of);
    of.clock.advance('2m');
    await Promise.all(Array.from({ length: 10 }, () => browser.load(of.sessions)));
    expect(of.types()).toEqual(['touched']);
  });

  it('by a server whose clock is behind moves no deadline back', async () => {
    const of = setUp();
    const behind = setUp({}, { store: of.store, clock: fakeClock(of.clock.now() - 10_000) });
    const browser = await shopper(of);
    of.clock.advance('2m');
    behind.clock.advance('2m');
    const ahead = await browser.use(of.sessions, ({ expiresAt }) => expiresAt?.getTime());
    await browser.use(behind.sessions, (session) => session.update({ note: 'x' }));
    expect(await browser.use(behind.sessions, ({ expiresAt }) => expiresAt?.getTime())).toBe(ahead);
  });
});

describe('whoever observes an expiry', () => {
  it('deletes the record before answering so', async () => {
    const of = setUp();
    const browser = await shopper(of);
    of.clock.advance('30m');
    expect(await endedFor(of, browser)).toEqual({ reason: 'idle' });
    expect(of.store.size).toBe(0);
    expect(of.events).toMatchObject([
      { type: 'expired', reason: 'idle', sessionId: browser.id },
      { type: 'refused', reason: 'idle' },
    ]);
    expect(await endedFor(of, browser)).toEqual({ reason: 'unknown' });
  });

  it('does not answer where the record cannot be deleted', async () => {
    const of = setUp();
    const browser = await shopper(of);
    of.clock.advance('30m');
    of.store.before = ({ operation }) => (operation === 'delete' ? 'reject' : undefined);
    await failure(browser.load(of.sessions), 'ERR_STORE_UNAVAILABLE');
    expect(of.store.size).toBe(1);
  });

  it('so a server with a slower clock does not serve it afterwards', async () => {
    const of = setUp();
    const behind = setUp({}, { store: of.store, clock: fakeClock(of.clock.now() - 10_000) });
    const browser = await shopper(of);
    of.clock.advance('30m');
    behind.clock.advance('30m');
    const slow = await browser.load(behind.sessions);
    expect(slow.session.id).toBe(browser.id);
    // The touch of the slower server has moved the deadline on; so long as it stands, it counts.
    of.clock.advance('31m');
    behind.clock.advance('30m');
    expect(await endedFor(of, browser)).toEqual({ reason: 'idle' });
    await failure(slow.session.update({ note: 'x' }), 'ERR_SESSION_ENDED');
    expect(await endedFor(behind, browser)).toEqual({ reason: 'unknown' });
    expect(of.store.size).toBe(0);
  });

  it('also with a secret that opens nothing, who learns nothing', async () => {
    const of = setUp();
    const browser = await shopper(of);
    of.clock.advance('30m');
    const stranger = new Browser();
    stranger.cookie = `__Host-session=${browser.id}${'A'.repeat(43)}`;
    expect(await endedFor(of, stranger)).toEqual({ reason: 'unknown' });
    expect(of.store.size).toBe(0);
  });

  it('gives way to who used the session meanwhile', async () => {
    const store = watchedStore();
    const of = setUp({}, { store });
    const behind = setUp({}, { store, clock: fakeClock(of.clock.now() - 10_000) });
    const browser = await shopper(of);
    of.clock.advance('30m');
    behind.clock.advance('30m');
    const held = gate();
    store.before = ({ operation }) => (operation === 'delete' ? held.wait() : undefined);
    const { session } = browser.open(of.sessions);
    const loading = session.load();
    await held.reached;
    await browser.use(behind.sessions, (other) => other.update({ note: 'just in time' }));
    held.open();
    await loading;
    expect(session.data.note).toBe('just in time');
  });
});

describe('a slower request', () => {
  it('that loaded before the deadline cannot write after it: it looks at the clock that it writes with', async () => {
    const of = setUp();
    const browser = await shopper(of);
    const slow = await browser.load(of.sessions);
    of.clock.advance('30m');
    await failure(slow.session.update({ note: 'too late' }), 'ERR_SESSION_ENDED');
    expect(of.store.size).toBe(0);
    expect(of.types()).toEqual(['expired']);
  });

  it('cannot sign in, renew or finish it either', async () => {
    for (const call of ['signIn', 'renew', 'finish'] as const) {
      const of = setUp();
      const browser = await shopper(of);
      const { session } = await browser.load(of.sessions);
      of.clock.advance('30m');
      if (call === 'finish') expect(await session.finish('receipt')).toBe(false);
      else await failure(call === 'signIn' ? session.signIn('alice') : session.renew(), 'ERR_SESSION_ENDED');
      expect(await of.store.inner.read(browser.id)).toBeUndefined();
      expect(await of.sessions.list('alice')).toEqual([]);
    }
  });

  it('writes after all where a server with a slower clock has moved the deadline on meanwhile', async () => {
    const of = setUp();
    const behind = setUp({}, { store: of.store, clock: fakeClock(of.clock.now() - 10_000) });
    const browser = await shopper(of);
    const { session } = await browser.load(of.sessions);
    of.clock.advance('30m');
    behind.clock.advance('30m');
    of.store.before = async ({ operation }) => {
      if (operation === 'delete') {
        of.store.before = () => undefined;
        await browser.use(behind.sessions, (other) => other.update({ note: 'theirs' }));
      }
      return undefined;
    };
    await session.update((data) => data.cart.push('mine'));
    expect(await browser.use(of.sessions, ({ data }) => data)).toEqual({
      cart: ['coat', 'mine'],
      note: 'theirs',
    });
    expect(of.types()).not.toContain('expired');
  });

  it('whose write was repeated past the deadline does not write', async () => {
    const of = setUp();
    const browser = await shopper(of);
    const { session } = await browser.load(of.sessions);
    of.clock.advance(30 * MINUTE - 1);
    of.store.before = async ({ operation, key }) => {
      if (operation === 'write') {
        await overwrite(of.store, key);
        of.clock.advance(1);
      }
      return undefined;
    };
    await failure(session.update({ note: 'too late' }), 'ERR_SESSION_ENDED');
    expect(of.store.size).toBe(0);
  });
});

it('every write raises the version, by 1 plus a random number below 2^20', async () => {
  const of = setUp();
  const browser = await shopper(of);
  const versions: number[] = [];
  for (let i = 0; i < 50; i += 1) {
    await browser.use(of.sessions, (session) => session.update({ note: String(i) }));
    versions.push((await of.store.inner.read(browser.id))?.version ?? 0);
  }
  const steps = versions.slice(1).map((version, i) => version - (versions[i] ?? 0));
  expect(steps.every((step) => step >= 1 && step <= 2 ** 20)).toBe(true);
  expect(new Set(steps).size).toBeGreaterThan(40);
});

it('a remembered session lives by its own timeouts', async () => {
  const of = setUp({ remember: { idleTimeout: '3d', absoluteTimeout: '5d' } });
  const browser = await shopper(of);
  await browser.use(of.sessions, (session) => session.signIn('alice', { remember: true }));
  of.clock.advance(3 * DAY - 1);
  expect(await endedFor(of, browser)).toBeUndefined();
  of.clock.advance(2 * DAY + 1);
  expect(await endedFor(of, browser)).toEqual({ reason: 'absolute' });
});
