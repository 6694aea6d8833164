import { describe, expect, it, vi } from 'vitest';
import { createSessions } from '../../src/sessions.ts';
import { memoryStore } from '../../src/store/memory/memory-store.ts';
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

const endedFor = (env: SetUp, browser: Browser) => browser.use(env.sessions, ({ ended }) => ended);

describe('the idle timeout', () => {
  it('ends the session exactly that long after its last use (ASVS 7.3.1)', async () => {
    const env = setUp({ idleTimeout: '20m' });
    const browser = await shopper(env);
    env.clock.advance(20 * MINUTE - 1);
    expect(await endedFor(env, browser)).toBeUndefined();
    env.clock.advance(20 * MINUTE);
    expect(await endedFor(env, browser)).toEqual({ reason: 'idle' });
  });

  it('restarts with each use, up to the absolute timeout', async () => {
    const env = setUp();
    const browser = await shopper(env);
    const granted = env.clock.now();
    for (let minutes = 25; minutes < 12 * 60; minutes += 25) {
      env.clock.advance('25m');
      const expiresAt = await browser.use(env.sessions, (session) => session.expiresAt?.getTime());
      expect(expiresAt).toBe(Math.min(env.clock.now() + 30 * MINUTE, granted + 12 * HOUR));
    }
  });

  it('can be turned off with false', async () => {
    const env = setUp({ idleTimeout: false });
    const browser = await shopper(env);
    env.clock.advance(12 * HOUR - 1);
    expect(await endedFor(env, browser)).toBeUndefined();
  });

  it('comes at most one touch interval early', async () => {
    const env = setUp();
    const browser = await shopper(env);
    env.clock.advance(MINUTE - 1);
    expect(await endedFor(env, browser)).toBeUndefined();
    env.clock.advance(29 * MINUTE);
    // 29 minutes after the use, a millisecond less than 30 after the last touch.
    expect(await endedFor(env, browser)).toBeUndefined();
  });
});

describe('the absolute timeout', () => {
  it('ends the session that long after it was granted, even while it is used (ASVS 7.3.2)', async () => {
    const env = setUp({ absoluteTimeout: '1h' });
    const browser = await shopper(env);
    for (let minutes = 0; minutes < 60; minutes += 10) {
      expect(await endedFor(env, browser)).toBeUndefined();
      env.clock.advance('10m');
    }
    expect(await endedFor(env, browser)).toEqual({ reason: 'absolute' });
  });

  it('is 400 days if turned off with false', async () => {
    const env = setUp({ absoluteTimeout: false, idleTimeout: '100d' });
    const browser = await shopper(env);
    for (let days = 90; days < 400; days += 90) {
      env.clock.advance('90d');
      expect(await endedFor(env, browser)).toBeUndefined();
    }
    env.clock.advance('40d');
    expect(await endedFor(env, browser)).toEqual({ reason: 'absolute' });
  });
});

describe('a touch', () => {
  it('is written once the touch interval has passed, and no more often', async () => {
    const env = setUp();
    const browser = await shopper(env);
    for (let seconds = 0; seconds < 300; seconds += 20) {
      env.clock.advance('20s');
      await browser.load(env.sessions);
    }
    expect(env.store.writes).toBe(5);
    expect(env.types()).toEqual(Array.from({ length: 5 }, () => 'touched'));
  });

  it('comes after a tenth of a short idle timeout', async () => {
    const env = setUp({ idleTimeout: '100s', renewAfter: false });
    const browser = await shopper(env);
    env.clock.advance(9_999);
    await browser.load(env.sessions);
    expect(env.store.writes).toBe(0);
    env.clock.advance(1);
    await browser.load(env.sessions);
    expect(env.store.writes).toBe(1);
  });

  it('changes nothing but the last use and the deadline', async () => {
    const env = setUp();
    const browser = await shopper(env);
    env.clock.advance('5m');
    expect(await browser.use(env.sessions, ({ id, data, createdAt }) => ({ id, data, createdAt }))).toEqual({
      id: browser.id,
      data: { cart: ['coat'] },
      createdAt: new Date(env.clock.now() - 5 * MINUTE),
    });
  });

  it('gives way if it loses its compareAndSet', async () => {
    const env = setUp();
    const browser = await shopper(env);
    env.clock.advance('2m');
    let left = 1;
    env.store.before = async ({ operation, key }) => {
      if (operation === 'write' && left > 0) {
        left -= 1;
        await overwrite(env.store, key);
      }
      return undefined;
    };
    expect(await browser.use(env.sessions, ({ data }) => data.cart)).toEqual(['coat']);
  });

  it('is written by one of many concurrent requests', async () => {
    const env = setUp();
    const browser = await shopper(env);
    env.clock.advance('2m');
    await Promise.all(Array.from({ length: 10 }, () => browser.load(env.sessions)));
    expect(env.types()).toEqual(['touched']);
  });

  it('moves no deadline back if the server’s clock is behind', async () => {
    const env = setUp();
    const behind = setUp({}, { store: env.store, clock: fakeClock(env.clock.now() - 10_000) });
    const browser = await shopper(env);
    env.clock.advance('2m');
    behind.clock.advance('2m');
    const ahead = await browser.use(env.sessions, ({ expiresAt }) => expiresAt?.getTime());
    await browser.use(behind.sessions, (session) => session.update({ note: 'x' }));
    expect(await browser.use(behind.sessions, ({ expiresAt }) => expiresAt?.getTime())).toBe(ahead);
  });
});

describe('a request that observes an expiry', () => {
  it('deletes the record before it reports the expiry', async () => {
    const env = setUp();
    const browser = await shopper(env);
    env.clock.advance('30m');
    expect(await endedFor(env, browser)).toEqual({ reason: 'idle' });
    expect(env.store.size).toBe(0);
    expect(env.events).toMatchObject([
      { type: 'expired', reason: 'idle', sessionId: browser.id },
      { type: 'refused', reason: 'idle' },
    ]);
    expect(await endedFor(env, browser)).toEqual({ reason: 'unknown' });
  });

  it('fails if the record cannot be deleted', async () => {
    const env = setUp();
    const browser = await shopper(env);
    env.clock.advance('30m');
    env.store.before = ({ operation }) => (operation === 'delete' ? 'reject' : undefined);
    await failure(browser.load(env.sessions), 'ERR_STORE_UNAVAILABLE');
    expect(env.store.size).toBe(1);
  });

  it('keeps a server with a slower clock from serving the session afterwards', async () => {
    const env = setUp();
    const behind = setUp({}, { store: env.store, clock: fakeClock(env.clock.now() - 10_000) });
    const browser = await shopper(env);
    env.clock.advance('30m');
    behind.clock.advance('30m');
    const slow = await browser.load(behind.sessions);
    expect(slow.session.id).toBe(browser.id);
    // The touch of the slower server has moved the deadline on; so long as it stands, it counts.
    env.clock.advance('31m');
    behind.clock.advance('30m');
    expect(await endedFor(env, browser)).toEqual({ reason: 'idle' });
    await failure(slow.session.update({ note: 'x' }), 'ERR_SESSION_ENDED');
    expect(await endedFor(behind, browser)).toEqual({ reason: 'unknown' });
    expect(env.store.size).toBe(0);
  });

  it('deletes the record but reveals nothing if its secret is wrong', async () => {
    const env = setUp();
    const browser = await shopper(env);
    env.clock.advance('30m');
    const stranger = new Browser();
    stranger.cookie = `__Host-session=${browser.id}${'A'.repeat(43)}`;
    expect(await endedFor(env, stranger)).toEqual({ reason: 'unknown' });
    expect(env.store.size).toBe(0);
  });

  it('gives way to a concurrent use of the session', async () => {
    const store = watchedStore();
    const env = setUp({}, { store });
    const behind = setUp({}, { store, clock: fakeClock(env.clock.now() - 10_000) });
    const browser = await shopper(env);
    env.clock.advance('30m');
    behind.clock.advance('30m');
    const held = gate();
    store.before = ({ operation }) => (operation === 'delete' ? held.wait() : undefined);
    const { session } = browser.open(env.sessions);
    const loading = session.load();
    await held.reached;
    await browser.use(behind.sessions, (other) => other.update({ note: 'just in time' }));
    held.open();
    await loading;
    expect(session.data.note).toBe('just in time');
  });
});

describe('a request that loaded before the deadline', () => {
  it('cannot write after it', async () => {
    const env = setUp();
    const browser = await shopper(env);
    const slow = await browser.load(env.sessions);
    env.clock.advance('30m');
    await failure(slow.session.update({ note: 'too late' }), 'ERR_SESSION_ENDED');
    expect(env.store.size).toBe(0);
    expect(env.types()).toEqual(['expired', 'call-failed']);
  });

  it('cannot sign in, renew or finish after it', async () => {
    for (const call of ['signIn', 'renew', 'finish'] as const) {
      const env = setUp();
      const browser = await shopper(env);
      const { session } = await browser.load(env.sessions);
      env.clock.advance('30m');
      if (call === 'finish') expect(await session.finish('receipt')).toBe(false);
      else await failure(call === 'signIn' ? session.signIn('alice') : session.renew(), 'ERR_SESSION_ENDED');
      expect(await env.store.inner.read(browser.id)).toBeUndefined();
      expect(await env.sessions.list('alice')).toEqual([]);
    }
  });

  it('can write if a server with a slower clock extended the deadline meanwhile', async () => {
    const env = setUp();
    const behind = setUp({}, { store: env.store, clock: fakeClock(env.clock.now() - 10_000) });
    const browser = await shopper(env);
    const { session } = await browser.load(env.sessions);
    env.clock.advance('30m');
    behind.clock.advance('30m');
    env.store.before = async ({ operation }) => {
      if (operation === 'delete') {
        env.store.before = () => undefined;
        await browser.use(behind.sessions, (other) => other.update({ note: 'theirs' }));
      }
      return undefined;
    };
    await session.update((data) => data.cart.push('mine'));
    expect(await browser.use(env.sessions, ({ data }) => data)).toEqual({
      cart: ['coat', 'mine'],
      note: 'theirs',
    });
    expect(env.types()).not.toContain('expired');
  });

  it('does not repeat a write past it', async () => {
    const env = setUp();
    const browser = await shopper(env);
    const { session } = await browser.load(env.sessions);
    env.clock.advance(30 * MINUTE - 1);
    env.store.before = async ({ operation, key }) => {
      if (operation === 'write') {
        await overwrite(env.store, key);
        env.clock.advance(1);
      }
      return undefined;
    };
    await failure(session.update({ note: 'too late' }), 'ERR_SESSION_ENDED');
    expect(env.store.size).toBe(0);
  });
});

it('raises the version with every write, by 1 to 2^20 at random', async () => {
  const env = setUp();
  const browser = await shopper(env);
  const versions: number[] = [];
  for (let i = 0; i < 50; i += 1) {
    await browser.use(env.sessions, (session) => session.update({ note: String(i) }));
    versions.push((await env.store.inner.read(browser.id))?.version ?? 0);
  }
  const steps = versions.slice(1).map((version, i) => version - (versions[i] ?? 0));
  expect(steps.every((step) => step >= 1 && step <= 2 ** 20)).toBe(true);
  expect(new Set(steps).size).toBeGreaterThan(40);
});

it('applies the timeouts of remember to a session that was signed in with it', async () => {
  const env = setUp({ remember: { idleTimeout: '3d', absoluteTimeout: '5d' } });
  const browser = await shopper(env);
  await browser.use(env.sessions, (session) => session.signIn('alice', { remember: true }));
  env.clock.advance(3 * DAY - 1);
  expect(await endedFor(env, browser)).toBeUndefined();
  env.clock.advance(2 * DAY + 1);
  expect(await endedFor(env, browser)).toEqual({ reason: 'absolute' });
});

it('follows fake timers that are installed after createSessions', async () => {
  const sessions = createSessions({ store: memoryStore(), initial: () => ({ views: 0 }) });
  vi.useFakeTimers();
  try {
    const browser = new Browser();
    await browser.use(sessions, (session) => session.update({ views: 1 }));
    vi.advanceTimersByTime(29 * 60_000);
    expect(await browser.use(sessions, ({ data }) => data.views)).toBe(1);
    vi.advanceTimersByTime(30 * 60_000);
    expect(await browser.use(sessions, ({ ended }) => ended)).toEqual({ reason: 'idle' });
  } finally {
    vi.useRealTimers();
  }
});

describe('the anonymous idle timeout', () => {
  const options = { anonymousIdleTimeout: '5m' } as const;

  it('ends an anonymous session that no later request uses', async () => {
    const env = setUp(options);
    const browser = new Browser();
    await browser.use(env.sessions, async (session) => {
      await session.update({ cart: ['coat'] });
      env.clock.advance('1m');
      // Still the first request.
      await session.update({ cart: ['coat', 'hat'] });
      expect(session.expiresAt).toEqual(new Date(env.clock.now() + 5 * MINUTE));
    });
    const unused = browser.copy();
    env.clock.advance('5m');
    expect(await endedFor(env, unused)).toEqual({ reason: 'idle' });
  });

  it('gives way to the idle timeout at the second request, however soon it comes', async () => {
    const env = setUp(options);
    const browser = await shopper(env);
    env.clock.advance('1s');
    await browser.use(env.sessions, () => undefined);
    env.clock.advance('29m');
    expect(await endedFor(env, browser)).toBeUndefined();
    env.clock.advance('30m');
    expect(await endedFor(env, browser)).toEqual({ reason: 'idle' });
  });

  it('still applies after a passive request', async () => {
    const env = setUp(options);
    const browser = await shopper(env);
    await browser.load(env.sessions, {}, { passive: true });
    env.clock.advance('5m');
    expect(await endedFor(env, browser)).toEqual({ reason: 'idle' });
  });

  it('does not apply to a session that is signed in', async () => {
    const env = setUp(options);
    const browser = new Browser();
    await browser.use(env.sessions, (session) => session.signIn('alice'));
    env.clock.advance('29m');
    expect(await endedFor(env, browser)).toBeUndefined();
  });

  it('applies to a session that a first visit grants', async () => {
    const env = setUp({ ...options, grant: 'first-visit' });
    const browser = new Browser();
    await browser.use(env.sessions, () => undefined);
    env.clock.advance('5m');
    expect(await endedFor(env, browser)).toEqual({ reason: 'idle' });
  });
});
