import { afterEach, describe, expect, it, vi } from 'vitest';
import { checkOptions } from '../../src/config/config.ts';
import type { SessionEvent } from '../../src/session/events.ts';
import type { Session, WatchEnd } from '../../src/session/session-types.ts';
import type { Sessions } from '../../src/session/sessions-types.ts';
import { assembleSessions } from '../../src/sessions.ts';
import { memoryStore } from '../../src/store/memory/memory-store.ts';
import type { SessionStore, StoreSubscriber } from '../../src/store/store.ts';
import { fakeClock } from '../../src/testing/fake-clock.ts';
import { Browser } from '../support/browser.ts';
import { manualTimers } from '../support/manual-timers.ts';
import { type ShopData, setUp, thrown } from '../support/set-up.ts';

/** Two processes over one store, and a user who is signed in. */
async function twoProcesses(perUser = 100) {
  const inner = memoryStore();
  const published: string[] = [];
  const subscribers = new Set<StoreSubscriber>();
  const fault = { isDown: false, isSilent: false, isSentTwice: false };
  const demand = () => {
    if (fault.isDown) throw new Error('down');
  };
  const store: SessionStore = {
    read: (key) => {
      demand();
      return fault.isSilent ? new Promise(() => {}) : inner.read(key);
    },
    compareAndSet: async (...write) => {
      if (fault.isSentTwice) await inner.compareAndSet(...write);
      return inner.compareAndSet(...write);
    },
    ...(inner.clear !== undefined && { clear: inner.clear }),
    publish(message) {
      demand();
      published.push(message);
      for (const each of subscribers) each.message(message);
    },
    subscribe(subscriber) {
      subscribers.add(subscriber);
      return { check: demand, close: () => void subscribers.delete(subscriber) };
    },
  };
  const clock = fakeClock();
  const timers = manualTimers();
  const events: SessionEvent[] = [];
  const make = (): Sessions<ShopData> =>
    assembleSessions<ShopData>(
      {
        store,
        initial: () => ({ cart: [] }),
        now: clock.now,
        broadcast: true,
        perUser: { max: perUser },
        warnOnConsole: false,
        onEvent: (event) => events.push(event),
      },
      timers.wait,
      false,
      false,
      timers.wait,
    );
  const here = make();
  const elsewhere = make();
  const browser = new Browser();
  const id = await browser.use(elsewhere, async (session) => {
    await session.signIn('ada');
    return session.id ?? '';
  });
  published.length = 0;
  const ends: WatchEnd[] = [];
  const { session } = await browser.load(here);
  const stop = session.watch((end) => ends.push(end));
  await timers.advance(1000);
  const act = (call: (session: Session<ShopData>) => unknown) =>
    browser.use(elsewhere, async (each) => void (await call(each)));
  return {
    inner,
    published,
    subscribers,
    fault,
    clock,
    ...timers,
    events,
    here,
    elsewhere,
    browser,
    id,
    ends,
    stop,
    act,
    session,
  };
}

type Stage = Awaited<ReturnType<typeof twoProcesses>>;

describe('a watch hears at once what another process does', () => {
  it.for<[string, WatchEnd, (stage: Stage) => Promise<unknown>]>([
    ['destroy()', 'ended', ({ act }) => act((session) => session.destroy())],
    [
      'destroy() whose deletion the client sends twice',
      'ended',
      ({ act, fault }) => {
        fault.isSentTwice = true;
        return act((session) => session.destroy());
      },
    ],
    ['finish()', 'ended', ({ act }) => act((session) => session.finish())],
    ['finish() with keepUser', 'ended', ({ act }) => act((session) => session.finish(1, { keepUser: true }))],
    ['revoke()', 'ended', ({ elsewhere, id }) => elsewhere.revoke('ada', id)],
    ['revokeUser()', 'ended', ({ elsewhere }) => elsewhere.revokeUser('ada')],
    ['end()', 'ended', ({ elsewhere, id }) => elsewhere.end(id)],
    ['revokeAll()', 'ended', ({ elsewhere }) => elsewhere.revokeAll()],
    ["another user's sign-in", 'ended', ({ act }) => act((session) => session.signIn('bob'))],
    ['a sign-in', 'replaced', ({ act }) => act((session) => session.signIn('ada'))],
    ['renew()', 'replaced', ({ act }) => act((session) => session.renew())],
  ])('%s: %s', async ([, end, happen]) => {
    const stage = await twoProcesses();
    await happen(stage);
    await stage.advance(0);
    expect(stage.ends).toEqual([end]);
    expect(stage.subscribers.size).toBe(0);
  });

  it("the limit of a user's sessions", async () => {
    const stage = await twoProcesses(1);
    await new Browser().use(stage.elsewhere, (session) => session.signIn('ada'));
    await stage.advance(0);
    expect(stage.ends).toEqual(['ended']);
  });

  it('the end of a session whose token was stolen', async () => {
    const stage = await twoProcesses();
    stage.clock.advance('15m');
    const thief = stage.browser.copy({ ip: '198.51.100.9' });
    await stage.act(() => {});
    await stage.act(() => {});
    stage.clock.advance('2m');
    await thief.use(stage.elsewhere, () => {});
    await stage.advance(0);
    expect(stage.ends).toEqual(['ended']);
  });

  it('in the same process without waiting for a message', async () => {
    const stage = await twoProcesses();
    const { session } = await stage.browser.load(stage.here);
    stage.subscribers.clear();
    await session.destroy();
    expect(stage.ends).toEqual(['ended']);
  });
});

describe('a watch is not called', () => {
  it.for<[string, (stage: Stage) => Promise<unknown>]>([
    ['an update', ({ act }) => act((session) => session.update({ note: 'x' }))],
    [
      'a timed renewal and its confirmation',
      async ({ act, clock }) => {
        clock.advance('16m');
        await act(() => {});
        await act(() => {});
      },
    ],
    [
      "the end of the user's other session",
      ({ elsewhere, id }) => elsewhere.revokeUser('ada', { except: id }),
    ],
  ])('for %s', async ([, happen]) => {
    const stage = await twoProcesses();
    await happen(stage);
    await stage.advance(60_000);
    expect(stage.ends).toEqual([]);
  });

  it('for the sign-in whose token it was begun with, even if the message is late', async () => {
    const stage = await twoProcesses();
    stage.stop();
    await stage.act((session) => session.signIn('ada'));
    const [message = ''] = stage.published;
    const ends: WatchEnd[] = [];
    const { session } = await stage.browser.load(stage.here);
    session.watch((end) => ends.push(end));
    await stage.advance(0);
    for (const each of stage.subscribers) each.message(message);
    await stage.advance(1000);
    expect(ends).toEqual([]);
  });

  it('once it was stopped; then nothing is subscribed', async () => {
    const stage = await twoProcesses();
    expect(stage.subscribers.size).toBe(1);
    stage.stop();
    stage.stop();
    await stage.advance(0);
    expect(stage.subscribers.size).toBe(0);
    await stage.elsewhere.revokeUser('ada');
    await stage.advance(60_000);
    expect(stage.ends).toEqual([]);
  });
});

describe('a watch notices without a message', () => {
  it('a session that ended between its load and the watch', async () => {
    const stage = await twoProcesses();
    const { session } = await stage.browser.load(stage.here);
    await stage.inner.compareAndSet(stage.id, (await stage.inner.read(stage.id))?.version ?? 0, null);
    session.watch((end) => stage.ends.push(end));
    await stage.advance(0);
    expect(stage.ends).toEqual(['ended']);
  });

  it('within 30 s, a session that expires', async () => {
    const stage = await twoProcesses();
    stage.clock.advance('29m');
    await stage.advance(30_000);
    expect(stage.ends).toEqual([]);
    stage.clock.advance('1m');
    await stage.advance(30_000);
    expect(stage.ends).toEqual(['ended']);
  });

  it('not before its deadline one that is used elsewhere', async () => {
    const stage = await twoProcesses();
    stage.clock.advance('20m');
    await stage.act(() => {});
    stage.clock.advance('20m');
    await stage.advance(60_000);
    expect(stage.ends).toEqual([]);
  });

  it('within 1 s of the return of a lost subscription, a session that ended meanwhile; the loss is said', async () => {
    const stage = await twoProcesses();
    for (const each of stage.subscribers) each.lost(new Error('reset'));
    stage.fault.isDown = true;
    await stage.advance(5000);
    await stage.inner.compareAndSet(stage.id, (await stage.inner.read(stage.id))?.version ?? 0, null);
    await stage.advance(1000);
    expect(stage.ends).toEqual([]);
    expect(stage.events.filter(({ type }) => type === 'warning')).toMatchObject([
      { code: 'subscription-lost' },
    ]);
    expect(stage.events).toContainEqual(
      expect.objectContaining({ type: 'store-failed', operation: 'subscribe' }),
    );
    stage.fault.isDown = false;
    await stage.advance(1000);
    expect(stage.ends).toEqual(['ended']);
  });
});

it('watch() hears of an end although a read before it never responds', async () => {
  const stage = await twoProcesses();
  stage.fault.isSilent = true;
  for (const each of stage.subscribers) each.message('*');
  await stage.advance(100);
  stage.fault.isSilent = false;
  await stage.inner.compareAndSet(stage.id, (await stage.inner.read(stage.id))?.version ?? 0, null);
  await stage.advance(6_000);
  expect(stage.ends).toEqual(['ended']);
});

describe('what a broadcast costs', () => {
  it('a message without token, secret, user and data for a sign-out', async () => {
    const stage = await twoProcesses();
    await stage.elsewhere.revoke('ada', stage.id);
    await stage.advance(0);
    expect(stage.published).toEqual([stage.id]);
  });

  it('nothing for an update, a touch, and the sign-in into a new session', async () => {
    const stage = await twoProcesses();
    await stage.act((session) => session.update({ note: 'x' }));
    stage.clock.advance('2m');
    await stage.act(() => {});
    await new Browser().use(stage.elsewhere, (session) => session.signIn('eve'));
    await stage.advance(0);
    expect(stage.published).toEqual([]);
  });

  it('nothing at all without the option', async () => {
    const calls = vi.fn();
    const { sessions } = setUp({ store: { ...memoryStore(), publish: calls, subscribe: calls } });
    const browser = new Browser();
    await browser.use(sessions, (session) => session.signIn('ada'));
    await browser.use(sessions, (session) => session.renew());
    await sessions.revokeUser('ada');
    await sessions.revokeAll();
    expect(calls).not.toHaveBeenCalled();
  });
});

describe('a mistake', () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it('is ERR_CONFIG: watch() without the option, and without a function', async () => {
    const { sessions } = setUp();
    const browser = new Browser();
    await browser.use(sessions, (session) => session.signIn('ada'));
    const { session } = await browser.load(sessions);
    expect(thrown(() => session.watch(() => {}), 'ERR_CONFIG').message).toContain('broadcast: true');
    // @ts-expect-error a caller in JavaScript
    expect(thrown(() => session.watch(), 'ERR_CONFIG').message).toContain('needs a function');
  });

  it('is ERR_SESSION_ENDED: watch() without a session', async () => {
    const { sessions } = setUp({ store: memoryStore(), broadcast: true });
    const { session } = await new Browser().load(sessions);
    thrown(() => session.watch(() => {}), 'ERR_SESSION_ENDED');
  });

  it('is ERR_CONFIG: the option with a store that cannot publish, and on Cloudflare Workers', () => {
    const { read, compareAndSet } = memoryStore();
    expect(
      thrown(() => checkOptions({ store: { read, compareAndSet }, broadcast: true }), 'ERR_CONFIG').message,
    ).toContain('a store without publish() and subscribe()');
    const wait = async () => {};
    const onWorkers = () => assembleSessions({ store: memoryStore(), broadcast: true }, wait, true);
    expect(thrown(onWorkers, 'ERR_CONFIG').message).toContain('Cloudflare Workers');
  });

  it('in a listener that throws keeps no other from hearing', async () => {
    const stage = await twoProcesses();
    stage.session.watch(() => {
      throw new Error('mine');
    });
    stage.session.watch((end) => stage.ends.push(end));
    await stage.elsewhere.revokeUser('ada');
    await stage.advance(0);
    expect(stage.ends).toEqual(['ended', 'ended']);
  });
});
