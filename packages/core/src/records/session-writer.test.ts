import { AsyncLocalStorage } from 'node:async_hooks';
import { describe, expect, it } from 'vitest';
import { Browser } from '../../test/support/browser.ts';
import { failure, type SetUp, type ShopData, setUp } from '../../test/support/set-up.ts';
import { gate, overwrite, watchedStore } from '../../test/support/watched-store.ts';
import { assembleSessions } from '../sessions.ts';
import { fakeClock } from '../testing/fake-clock.ts';

const add = (sku: string) => (data: ShopData) => data.cart.push(sku);
const numbered = (count: number) => Array.from({ length: count }, (_, i) => `sku ${i}`);

async function shopper({ sessions, store, events }: SetUp): Promise<Browser & { id: string }> {
  const browser = new Browser();
  const id = await browser.use(sessions, async (session) => {
    await session.update({});
    return session.id ?? '';
  });
  store.forget();
  events.length = 0;
  return Object.assign(browser, { id });
}

const cartOf = ({ sessions }: SetUp, browser: Browser) => browser.use(sessions, ({ data }) => data.cart);

describe('updates of one session in one process', () => {
  it('50 at once, each of its own request: all are kept, in at most 8 writes', async () => {
    const env = setUp();
    const browser = await shopper(env);
    await Promise.all(
      numbered(50).map((sku) => browser.use(env.sessions, (session) => session.update(add(sku)))),
    );
    expect((await cartOf(env, browser)).toSorted()).toEqual(numbered(50).toSorted());
    expect(env.store.writes).toBeLessThanOrEqual(8);
  });

  it('are applied in the order of their calls, each to the result of the one before', async () => {
    const env = setUp();
    const browser = await shopper(env);
    const visits = await Promise.all(numbered(10).map(() => browser.load(env.sessions)));
    const totals = await Promise.all(visits.map(({ session }, i) => session.update(add(`sku ${i}`))));
    expect(totals).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(await cartOf(env, browser)).toEqual(numbered(10));
  });

  it('go into the next record together while another is being written', async () => {
    const env = setUp();
    const browser = await shopper(env);
    const visits = await Promise.all(numbered(20).map(() => browser.load(env.sessions)));
    const held = gate();
    env.store.before = ({ operation }) => (operation === 'write' ? held.wait() : undefined);
    const [first, ...others] = visits;
    const one = first?.session.update(add('first'));
    await held.reached;
    const rest = others.map(({ session }, i) => session.update(add(`sku ${i}`)));
    held.open();
    await Promise.all([one, ...rest]);
    expect(env.store.writes).toBe(2);
    expect(await cartOf(env, browser)).toEqual(['first', ...numbered(19)]);
  });

  it.each([1, 30, 100, 390])(
    'one after another, %i ms apart, cost one read and one write each',
    async (gap) => {
      const env = setUp();
      const browser = await shopper(env);
      for (const sku of numbered(20)) {
        env.clock.advance(gap);
        await browser.use(env.sessions, (session) => session.update(add(sku)));
      }
      expect(env.store.calls.filter(({ operation }) => operation === 'read')).toHaveLength(20);
      expect(env.store.writes).toBe(20);
      expect(await cartOf(env, browser)).toEqual(numbered(20));
    },
  );

  it('are written by a request whose change is among them, never by one that has ended', async () => {
    const env = setUp();
    const browser = await shopper(env);
    const request = new AsyncLocalStorage<number>();
    const writers: (number | undefined)[] = [];
    const held = gate();
    const visits = await Promise.all([1, 2, 3].map(() => browser.load(env.sessions)));
    env.store.before = ({ operation }) => {
      if (operation === 'write') writers.push(request.getStore());
      return writers.length === 1 ? held.wait() : undefined;
    };
    const updates = visits.map(({ session }, i) =>
      request.run(i, async () => {
        if (i > 0) await held.reached;
        await session.update(add(`sku ${i}`));
      }),
    );
    await held.reached;
    await Promise.resolve();
    held.open();
    await Promise.all(updates);
    expect(writers).toEqual([0, 1]);
    expect(await cartOf(env, browser)).toEqual(numbered(3));
  });

  it('are written in several records if they take long, and let other requests run between', async () => {
    const clock = fakeClock();
    const store = watchedStore();
    let pauses = 0;
    const sessions = assembleSessions<ShopData>(
      { store, initial: () => ({ cart: [] }), now: clock.now },
      () => {
        pauses += 1;
        return Promise.resolve();
      },
    );
    const env = { ...setUp({}, { clock, store }), sessions };
    const browser = await shopper(env);
    const visits = await Promise.all(numbered(20).map(() => browser.load(sessions)));
    const totals = await Promise.all(
      visits.map(({ session }, i) =>
        session.update((data) => {
          clock.advance(1);
          return data.cart.push(`sku ${i}`);
        }),
      ),
    );
    expect(totals).toEqual(numbered(20).map((_, i) => i + 1));
    expect(await cartOf(env, browser)).toEqual(numbered(20));
    expect(store.writes).toBe(5);
    expect(pauses).toBe(4);
  });

  it.each([
    ['of a large session in a burst', 'one record', 60_000, 1, 1],
    ['of a large session that was last written a while ago', 'a record each', 60_000, 6, 3],
    ['of a small session in a burst', 'a record each', 1_000, 1, 3],
  ])('%s go into %s, though none waits for another', async (_, __, size, gap, writes) => {
    const clock = fakeClock();
    const store = watchedStore();
    const held = gate();
    const sessions = assembleSessions<ShopData>(
      { store, initial: () => ({ cart: [] }), now: clock.now },
      () => held.wait(),
    );
    const env = { ...setUp({}, { clock, store }), sessions };
    const browser = await shopper(env);
    const visits = await Promise.all(numbered(3).map(() => browser.load(sessions)));
    await browser.use(sessions, (session) => session.update({ note: 'x'.repeat(size) }));
    store.forget();
    const updates: Promise<unknown>[] = [];
    for (const [i, { session }] of visits.entries()) {
      clock.advance(gap);
      const updating = session.update(add(`sku ${i}`));
      updates.push(updating);
      // Until it is written, or waits for the others.
      await Promise.race([updating, held.reached]);
    }
    held.open();
    await Promise.all(updates);
    expect(store.writes).toBe(writes);
    expect(await cartOf(env, browser)).toEqual(numbered(3));
  });

  it('are each tried again if another process writes between two of those records', async () => {
    const clock = fakeClock();
    const env = setUp({}, { clock, store: watchedStore() });
    const browser = await shopper(env);
    const visits = await Promise.all(numbered(9).map(() => browser.load(env.sessions)));
    env.store.before = async ({ operation, key }) => {
      if (operation === 'write' && env.store.writes % 2 === 0) await overwrite(env.store, key);
      return undefined;
    };
    await Promise.all(
      visits.map(({ session }, i) =>
        session.update((data) => {
          clock.advance(2);
          data.cart.push(`sku ${i}`);
        }),
      ),
    );
    env.store.before = () => undefined;
    expect(await cartOf(env, browser)).toEqual(numbered(9));
  });

  it('wait at most ten seconds for one whose request was dropped while it wrote', async () => {
    const env = setUp();
    const browser = await shopper(env);
    const visits = await Promise.all(numbered(3).map(() => browser.load(env.sessions)));
    const dropped = gate();
    env.store.before = ({ operation }) => (operation === 'write' ? dropped.wait() : undefined);
    const [first, second, third] = visits;
    void first?.session.update(add('dropped'));
    await dropped.reached;
    const waiting = second?.session.update(add('waited'));
    // A turn of the event loop, so that it is in the queue.
    await new Promise((resolve) => setImmediate(resolve));
    env.store.before = () => undefined;
    env.clock.advance('11s');
    await third?.session.update(add('came later'));
    await waiting;
    expect((await cartOf(env, browser)).toSorted()).toEqual(['came later', 'waited']);
  });

  it('are applied once if that one goes on after all', async () => {
    const env = setUp();
    const browser = await shopper(env);
    const [first, second, third, fourth] = await Promise.all(
      numbered(4).map(() => browser.load(env.sessions)),
    );
    const slow = gate();
    env.store.before = ({ operation }) => (operation === 'write' ? slow.wait() : undefined);
    const written = first?.session.update(add('slow'));
    await slow.reached;
    const waiting = second?.session.update(add('waited'));
    await new Promise((resolve) => setImmediate(resolve));
    env.store.before = () => undefined;
    env.clock.advance('11s');
    await third?.session.update(add('came later'));
    slow.open();
    await Promise.all([written, waiting]);
    await fourth?.session.update(add('last'));
    expect((await cartOf(env, browser)).toSorted()).toEqual(['came later', 'last', 'slow', 'waited']);
  });

  it('are written by the next one in turn if there was no time for them beside the one that came later', async () => {
    const env = setUp();
    const browser = await shopper(env);
    const [first, second, third] = await Promise.all(numbered(3).map(() => browser.load(env.sessions)));
    const dropped = gate();
    env.store.before = ({ operation }) => (operation === 'write' ? dropped.wait() : undefined);
    void first?.session.update(add('dropped'));
    await dropped.reached;
    const waiting = second?.session.update(add('waited'));
    await new Promise((resolve) => setImmediate(resolve));
    env.store.before = () => undefined;
    env.clock.advance('11s');
    await third?.session.update((data) => {
      env.clock.advance(5);
      data.cart.push('came later');
    });
    await waiting;
    expect(await cartOf(env, browser)).toEqual(['came later', 'waited']);
  });

  it('fail alone if they throw', async () => {
    const env = setUp();
    const browser = await shopper(env);
    const { session } = await browser.load(env.sessions);
    const fault = new Error('mine');
    const outcomes = await Promise.allSettled([
      session.update(add('coat')),
      session.update((data) => {
        data.cart.push('half done');
        throw fault;
      }),
      session.update(add('hat')),
    ]);
    expect(outcomes).toEqual([
      { status: 'fulfilled', value: 1 },
      { status: 'rejected', reason: fault },
      { status: 'fulfilled', value: 2 },
    ]);
    expect(await cartOf(env, browser)).toEqual(['coat', 'hat']);
  });

  it('fail alone if they fail a check', async () => {
    const env = setUp({ maxDataBytes: 200 });
    const browser = await shopper(env);
    const { session } = await browser.load(env.sessions);
    const wrong = Number.NaN as unknown as string;
    const calls = [
      session.update(add('coat')),
      failure(session.update({ note: wrong }), 'ERR_DATA_INVALID'),
      failure(session.update({ note: 'x'.repeat(200) }), 'ERR_DATA_TOO_LARGE'),
      session.update(add('hat')),
    ];
    await Promise.all(calls);
    expect(await cartOf(env, browser)).toEqual(['coat', 'hat']);
  });

  it('fail after one that ends the session', async () => {
    const env = setUp();
    const browser = await shopper(env);
    const visits = await Promise.all([1, 2, 3].map(() => browser.load(env.sessions)));
    const [a, b, c] = visits.map(({ session }) => session);
    const outcomes = await Promise.allSettled([
      a?.update(add('coat')),
      b?.finish(({ cart }) => [...cart]),
      c?.update(add('hat')),
    ]);
    expect(outcomes).toMatchObject([
      { status: 'fulfilled', value: 1 },
      { status: 'fulfilled', value: true },
      { status: 'rejected', reason: { code: 'ERR_SESSION_ENDED' } },
    ]);
    expect(b?.ended).toEqual({ reason: 'finished', receipt: ['coat'] });
  });

  it('do not wait for those of another session', async () => {
    const env = setUp();
    const [one, other] = [await shopper(env), await shopper(env)];
    const held = gate();
    env.store.before = ({ operation, key }) =>
      operation === 'write' && key === one.id ? held.wait() : undefined;
    const slow = one.use(env.sessions, (session) => session.update(add('coat')));
    await held.reached;
    expect(await other.use(env.sessions, (session) => session.update(add('hat')))).toBe(1);
    held.open();
    expect(await slow).toBe(1);
  });

  it('do not land in a session that a sign-in has rekeyed meanwhile', async () => {
    const env = setUp();
    const browser = await shopper(env);
    const early = await browser.load(env.sessions);
    const held = gate();
    env.store.before = ({ operation, key }) =>
      operation === 'write' && key === browser.id ? held.wait() : undefined;
    const { session, respond } = await browser.load(env.sessions);
    const signingIn = session.signIn('alice');
    await held.reached;
    const late = failure(early.session.update(add('planted')), 'ERR_SESSION_ENDED');
    held.open();
    await signingIn;
    await late;
    respond();
    expect(await cartOf(env, browser)).toEqual([]);
  });
});

describe('writers of two processes', () => {
  it('lose nothing: a lost compareAndSet is read again and repeated', async () => {
    const env = setUp();
    const other = setUp({}, env);
    const browser = await shopper(env);
    await Promise.all(
      numbered(50).map((sku, i) =>
        browser.use((i % 2 === 0 ? env : other).sessions, (session) => session.update(add(sku))),
      ),
    );
    expect((await cartOf(env, browser)).toSorted()).toEqual(numbered(50).toSorted());
    expect([...env.types(), ...other.types()]).toContain('conflict');
  });

  it('run the change again on what the other wrote', async () => {
    const env = setUp();
    const other = setUp({}, env);
    const browser = await shopper(env);
    const early = await browser.load(env.sessions);
    await browser.use(other.sessions, (session) => session.update(add('theirs')));
    const seen: string[][] = [];
    await early.session.update((data) => {
      seen.push([...data.cart]);
      data.cart.push('mine');
    });
    expect(seen.at(-1)).toEqual(['theirs']);
    expect(await cartOf(env, browser)).toEqual(['theirs', 'mine']);
  });

  it('judge a failure on the current data, not on earlier data', async () => {
    const env = setUp();
    const other = setUp({}, env);
    const browser = await shopper(env);
    const early = await browser.load(env.sessions);
    await browser.use(other.sessions, (session) => session.update(add('theirs')));
    const needsOne = (data: ShopData) => {
      if (data.cart.length === 0) throw new Error('The cart is empty.');
      return data.cart.length;
    };
    expect(await early.session.update(needsOne)).toBe(1);
  });
});

describe('against other writers that never stop', () => {
  /** Sessions whose waits take no time, for tests in which each write meets another writer's. */
  async function hammered(): Promise<{ env: SetUp; browser: Browser & { id: string }; waits: number[] }> {
    const clock = fakeClock();
    const store = watchedStore();
    const env = setUp({}, { clock, store });
    const browser = await shopper(env);
    const waits: number[] = [];
    const sessions = assembleSessions<ShopData>(
      { store, initial: () => ({ cart: [] }), now: clock.now },
      (length) => {
        waits.push(length);
        return Promise.resolve();
      },
    );
    return { env: { ...env, sessions }, browser, waits };
  }

  it('an update is given up after 24 attempts, and nothing was written', async () => {
    const { env, browser, waits } = await hammered();
    const { session } = await browser.load(env.sessions);
    env.store.before = async ({ operation, key }) => {
      if (operation === 'write') await overwrite(env.store, key);
      return undefined;
    };
    const { message, status } = await failure(session.update(add('coat')), 'ERR_SESSION_CONTENTION');
    expect(message).toContain('not written');
    expect(status).toBe(503);
    expect(env.store.writes).toBe(24);
    env.store.before = () => undefined;
    expect(await cartOf(env, browser)).toEqual([]);
    expect(waits.length).toBeGreaterThan(10);
    expect(waits.every((length) => length >= 0 && length <= 40)).toBe(true);
    expect(new Set(waits).size).toBeGreaterThan(1);
  });

  it('an update that finally wins is written once', async () => {
    const { env, browser } = await hammered();
    const { session } = await browser.load(env.sessions);
    let left = 20;
    env.store.before = async ({ operation, key }) => {
      if (operation === 'write' && left > 0) {
        left -= 1;
        await overwrite(env.store, key);
      }
      return undefined;
    };
    expect(await session.update(add('coat'))).toBe(1);
    expect(await cartOf(env, browser)).toEqual(['coat']);
  });

  it.for(['destroy', 'finish', 'revoke', 'revokeUser'] as const)(
    '%s has no limit on attempts',
    async (call) => {
      const { env, browser } = await hammered();
      await browser.use(env.sessions, (session) => session.signIn('alice'));
      const { session } = await browser.load(env.sessions);
      let left = 200;
      env.store.before = async ({ operation, key }) => {
        if ((operation === 'write' || operation === 'delete') && key === browser.id && left > 0) {
          left -= 1;
          await overwrite(env.store, key);
        }
        return undefined;
      };
      if (call === 'destroy' || call === 'finish') await session[call]();
      else if (call === 'revoke') expect(await env.sessions.revoke('alice', browser.id)).toBe(true);
      else expect(await env.sessions.revokeUser('alice')).toBe(1);
      expect(left).toBe(0);
      expect((await browser.load(env.sessions)).session.id).toBeUndefined();
    },
  );

  it('an ending call is given up after ten seconds', async () => {
    const { env, browser } = await hammered();
    const { session } = await browser.load(env.sessions);
    const start = env.clock.now();
    env.store.before = async ({ operation, key }) => {
      if (operation === 'delete') {
        await overwrite(env.store, key);
        env.clock.advance(100);
      }
      return undefined;
    };
    await failure(session.destroy(), 'ERR_SESSION_CONTENTION');
    expect(env.clock.now() - start).toBe(10_100);
  });
});
