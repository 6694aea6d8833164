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
    const of = setUp();
    const browser = await shopper(of);
    await Promise.all(
      numbered(50).map((sku) => browser.use(of.sessions, (session) => session.update(add(sku)))),
    );
    expect((await cartOf(of, browser)).toSorted()).toEqual(numbered(50).toSorted());
    expect(of.store.writes).toBeLessThanOrEqual(8);
  });

  it('are applied in the order in which they were called, each seeing the one before', async () => {
    const of = setUp();
    const browser = await shopper(of);
    const visits = await Promise.all(numbered(10).map(() => browser.load(of.sessions)));
    const totals = await Promise.all(visits.map(({ session }, i) => session.update(add(`sku ${i}`))));
    expect(totals).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(await cartOf(of, browser)).toEqual(numbered(10));
  });

  it('while one is being written, all that wait go into the next record together', async () => {
    const of = setUp();
    const browser = await shopper(of);
    const visits = await Promise.all(numbered(20).map(() => browser.load(of.sessions)));
    const held = gate();
    of.store.before = ({ operation }) => (operation === 'write' ? held.wait() : undefined);
    const [first, ...others] = visits;
    const one = first?.session.update(add('first'));
    await held.reached;
    const rest = others.map(({ session }, i) => session.update(add(`sku ${i}`)));
    held.open();
    await Promise.all([one, ...rest]);
    expect(of.store.writes).toBe(2);
    expect(await cartOf(of, browser)).toEqual(['first', ...numbered(19)]);
  });

  it('are written by a request whose change is among them, never by one that was answered before', async () => {
    const of = setUp();
    const browser = await shopper(of);
    const request = new AsyncLocalStorage<number>();
    const writers: (number | undefined)[] = [];
    const held = gate();
    const visits = await Promise.all([1, 2, 3].map(() => browser.load(of.sessions)));
    of.store.before = ({ operation }) => {
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
    expect(await cartOf(of, browser)).toEqual(numbered(3));
  });

  it('wait ten seconds at most for one whose request was dropped while it wrote', async () => {
    const of = setUp();
    const browser = await shopper(of);
    const visits = await Promise.all(numbered(3).map(() => browser.load(of.sessions)));
    const dropped = gate();
    of.store.before = ({ operation }) => (operation === 'write' ? dropped.wait() : undefined);
    const [first, second, third] = visits;
    void first?.session.update(add('dropped'));
    await dropped.reached;
    const waiting = second?.session.update(add('waited'));
    // A turn of the event loop, so that it stands in the queue.
    await new Promise((resolve) => setImmediate(resolve));
    of.store.before = () => undefined;
    of.clock.advance('11s');
    await third?.session.update(add('came later'));
    await waiting;
    expect(await cartOf(of, browser)).toEqual(['waited', 'came later']);
  });

  it('of which one throws: it fails alone', async () => {
    const of = setUp();
    const browser = await shopper(of);
    const { session } = await browser.load(of.sessions);
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
    expect(await cartOf(of, browser)).toEqual(['coat', 'hat']);
  });

  it('of which one fails a check: it fails alone', async () => {
    const of = setUp({ maxDataBytes: 200 });
    const browser = await shopper(of);
    const { session } = await browser.load(of.sessions);
    const wrong = Number.NaN as unknown as string;
    const calls = [
      session.update(add('coat')),
      failure(session.update({ note: wrong }), 'ERR_DATA_INVALID'),
      failure(session.update({ note: 'x'.repeat(200) }), 'ERR_DATA_TOO_LARGE'),
      session.update(add('hat')),
    ];
    await Promise.all(calls);
    expect(await cartOf(of, browser)).toEqual(['coat', 'hat']);
  });

  it('after one that ends the session the later ones fail', async () => {
    const of = setUp();
    const browser = await shopper(of);
    const visits = await Promise.all([1, 2, 3].map(() => browser.load(of.sessions)));
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
    const of = setUp();
    const [one, other] = [await shopper(of), await shopper(of)];
    const held = gate();
    of.store.before = ({ operation, key }) =>
      operation === 'write' && key === one.id ? held.wait() : undefined;
    const slow = one.use(of.sessions, (session) => session.update(add('coat')));
    await held.reached;
    expect(await other.use(of.sessions, (session) => session.update(add('hat')))).toBe(1);
    held.open();
    expect(await slow).toBe(1);
  });

  it('an update that waits behind a sign-in with the token from before does not land in the signed-in session', async () => {
    const of = setUp();
    const browser = await shopper(of);
    const early = await browser.load(of.sessions);
    const held = gate();
    of.store.before = ({ operation, key }) =>
      operation === 'write' && key === browser.id ? held.wait() : undefined;
    const { session, answer } = await browser.load(of.sessions);
    const signingIn = session.signIn('alice');
    await held.reached;
    const late = failure(early.session.update(add('planted')), 'ERR_SESSION_ENDED');
    held.open();
    await signingIn;
    await late;
    answer();
    expect(await cartOf(of, browser)).toEqual([]);
  });
});

describe('writers of two processes', () => {
  it('lose nothing: a lost compareAndSet is read again and repeated', async () => {
    const of = setUp();
    const other = setUp({}, of);
    const browser = await shopper(of);
    await Promise.all(
      numbered(50).map((sku, i) =>
        browser.use((i % 2 === 0 ? of : other).sessions, (session) => session.update(add(sku))),
      ),
    );
    expect((await cartOf(of, browser)).toSorted()).toEqual(numbered(50).toSorted());
    expect([...of.types(), ...other.types()]).toContain('conflict');
  });

  it('the change runs again on what the other wrote', async () => {
    const of = setUp();
    const other = setUp({}, of);
    const browser = await shopper(of);
    const early = await browser.load(of.sessions);
    await browser.use(other.sessions, (session) => session.update(add('theirs')));
    const seen: string[][] = [];
    await early.session.update((data) => {
      seen.push([...data.cart]);
      data.cart.push('mine');
    });
    expect(seen.at(-1)).toEqual(['theirs']);
    expect(await cartOf(of, browser)).toEqual(['theirs', 'mine']);
  });

  it('what fails on data from before is judged on the data that is', async () => {
    const of = setUp();
    const other = setUp({}, of);
    const browser = await shopper(of);
    const early = await browser.load(of.sessions);
    await browser.use(other.sessions, (session) => session.update(add('theirs')));
    const needsOne = (data: ShopData) => {
      if (data.cart.length === 0) throw new Error('The cart is empty.');
      return data.cart.length;
    };
    expect(await early.session.update(needsOne)).toBe(1);
  });
});

describe('under other writers that never stop', () => {
  /** Sessions whose every write on a session meets another writer's, with waits that take no time. */
  async function hammered(): Promise<{ of: SetUp; browser: Browser & { id: string }; waits: number[] }> {
    const clock = fakeClock();
    const store = watchedStore();
    const of = setUp({}, { clock, store });
    const browser = await shopper(of);
    const waits: number[] = [];
    const sessions = assembleSessions<ShopData>(
      { store, initial: () => ({ cart: [] }), now: clock.now },
      (length) => {
        waits.push(length);
        return Promise.resolve();
      },
    );
    return { of: { ...of, sessions }, browser, waits };
  }

  it('an update is given up after a limit, and nothing was written', async () => {
    const { of, browser, waits } = await hammered();
    const { session } = await browser.load(of.sessions);
    of.store.before = async ({ operation, key }) => {
      if (operation === 'write') await overwrite(of.store, key);
      return undefined;
    };
    const { message, status } = await failure(session.update(add('coat')), 'ERR_SESSION_CONTENTION');
    expect(message).toContain('not written');
    expect(status).toBe(503);
    expect(of.store.writes).toBe(24);
    of.store.before = () => undefined;
    expect(await cartOf(of, browser)).toEqual([]);
    expect(waits.length).toBeGreaterThan(10);
    expect(waits.every((length) => length >= 0 && length <= 40)).toBe(true);
    expect(new Set(waits).size).toBeGreaterThan(1);
  });

  it('an update that wins in the end is written once', async () => {
    const { of, browser } = await hammered();
    const { session } = await browser.load(of.sessions);
    let left = 20;
    of.store.before = async ({ operation, key }) => {
      if (operation === 'write' && left > 0) {
        left -= 1;
        await overwrite(of.store, key);
      }
      return undefined;
    };
    expect(await session.update(add('coat'))).toBe(1);
    expect(await cartOf(of, browser)).toEqual(['coat']);
  });

  it.for(['destroy', 'finish', 'revoke', 'revokeUser'] as const)(
    '%s has no limit of attempts',
    async (call) => {
      const { of, browser } = await hammered();
      await browser.use(of.sessions, (session) => session.signIn('alice'));
      const { session } = await browser.load(of.sessions);
      let left = 200;
      of.store.before = async ({ operation, key }) => {
        if ((operation === 'write' || operation === 'delete') && key === browser.id && left > 0) {
          left -= 1;
          await overwrite(of.store, key);
        }
        return undefined;
      };
      if (call === 'destroy' || call === 'finish') await session[call]();
      else if (call === 'revoke') expect(await of.sessions.revoke('alice', browser.id)).toBe(true);
      else expect(await of.sessions.revokeUser('alice')).toBe(1);
      expect(left).toBe(0);
      expect((await browser.load(of.sessions)).session.id).toBeUndefined();
    },
  );

  it('an ending call has ten seconds', async () => {
    const { of, browser } = await hammered();
    const { session } = await browser.load(of.sessions);
    const start = of.clock.now();
    of.store.before = async ({ operation, key }) => {
      if (operation === 'delete') {
        await overwrite(of.store, key);
        of.clock.advance(100);
      }
      return undefined;
    };
    await failure(session.destroy(), 'ERR_SESSION_CONTENTION');
    expect(of.clock.now() - start).toBe(10_100);
  });
});
