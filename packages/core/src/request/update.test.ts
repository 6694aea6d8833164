import { describe, expect, it } from 'vitest';
import { Browser, setCookies } from '../../test/support/browser.ts';
import { failure, type SetUp, type ShopData, setUp } from '../../test/support/set-up.ts';
import type { Session } from '../session/session-types.ts';
import { createSessions } from '../sessions.ts';
import { memoryStore } from '../store/memory/memory-store.ts';

const add = (sku: string) => (data: ShopData) => {
  data.cart.push(sku);
};

/** A browser with a session that holds one thing. */
async function shopper(env: SetUp): Promise<Browser> {
  const browser = new Browser();
  await browser.use(env.sessions, (session) => session.update(add('coat')));
  env.store.forget();
  env.events.length = 0;
  return browser;
}

function cartOf(env: SetUp, browser: Browser): Promise<readonly string[]> {
  return browser.use(env.sessions, ({ data }) => data.cart);
}

describe('without a session', () => {
  it('reading costs no store call and sets no cookie', async () => {
    const { sessions, store } = setUp();
    const { session, respond } = await new Browser().load(sessions);
    expect(session.id).toBeUndefined();
    expect(session.userId).toBeUndefined();
    expect(session.createdAt).toBeUndefined();
    expect(session.signedInAt).toBeUndefined();
    expect(session.expiresAt).toBeUndefined();
    expect(session.ended).toBeUndefined();
    expect(session.clientChanges).toEqual([]);
    expect(session.revealToken()).toBeUndefined();
    expect(session.data).toEqual({ cart: [] });
    expect(setCookies(respond())).toEqual([]);
    expect(store.calls).toEqual([]);
  });

  it('the first update creates one with one write and one cookie', async () => {
    const { sessions, store, clock } = setUp();
    const browser = new Browser();
    const { session, respond } = await browser.load(sessions);
    await session.update(add('coat'));
    expect(session.id).toMatch(/^[\w-]{22}$/);
    expect(session.data).toEqual({ cart: ['coat'] });
    expect(session.createdAt).toEqual(new Date(clock.now()));
    expect(store.calls.map(({ operation }) => operation)).toEqual(['write']);
    expect(setCookies(respond())).toHaveLength(1);
    expect(browser.token.startsWith(session.id ?? 'none')).toBe(true);
    expect(browser.token).toHaveLength(65);
  });

  it('concurrent updates create one session, which has all of them', async () => {
    const { sessions, store } = setUp();
    const browser = new Browser();
    const { session, respond } = await browser.load(sessions);
    await Promise.all(['coat', 'hat', 'scarf'].map((sku) => session.update(add(sku))));
    respond();
    expect(store.size).toBe(1);
    expect(await browser.use(sessions, ({ data }) => data.cart)).toEqual(['coat', 'hat', 'scarf']);
  });

  it('concurrent updates that load the session themselves create one session', async () => {
    const { sessions, store } = setUp();
    const browser = new Browser();
    const { session, respond } = browser.open(sessions);
    await Promise.all(['coat', 'hat'].map((sku) => session.update(add(sku))));
    respond();
    expect(store.size).toBe(1);
    expect(await browser.use(sessions, ({ data }) => data.cart)).toEqual(['coat', 'hat']);
  });

  it('an update that throws creates none', async () => {
    const { sessions, store } = setUp();
    const { session, respond } = await new Browser().load(sessions);
    const fault = new Error('mine');
    await expect(
      session.update(() => {
        throw fault;
      }),
    ).rejects.toBe(fault);
    expect(session.id).toBeUndefined();
    expect(setCookies(respond())).toEqual([]);
    expect(store.calls).toEqual([]);
  });

  it('an update does not alter what initial() returned, so the next visitor starts fresh', async () => {
    const shared: ShopData = { cart: [] };
    const { sessions } = setUp({ initial: () => shared });
    const { session } = await new Browser().load(sessions);
    await session.update(add('coat'));
    expect(shared).toEqual({ cart: [] });
    expect((await new Browser().load(sessions)).session.data).toEqual({ cart: [] });
  });

  it('the data is what initial() returns at that moment, frozen', async () => {
    let visitors = 0;
    const { sessions } = setUp({
      initial: () => {
        visitors += 1;
        return { cart: [`sample ${Math.ceil(visitors / 2)}`] };
      },
    });
    const shown: (readonly string[])[] = [];
    for (let i = 0; i < 4; i += 1) shown.push((await new Browser().load(sessions)).session.data.cart);
    expect(shown).toEqual([['sample 1'], ['sample 1'], ['sample 2'], ['sample 2']]);
    expect(shown.every((cart) => Object.isFrozen(cart))).toBe(true);
  });

  it('rejects what initial() returns if it is not JSON, at every call', async () => {
    const good: ShopData = { cart: [] };
    const circular: ShopData & { self?: unknown } = { cart: [] };
    circular.self = circular;
    const returned = [good, circular, circular, good];
    const { sessions } = setUp({ initial: () => returned.shift() ?? good });
    const look = async () => (await new Browser().load(sessions)).session.data;
    expect(await look()).toEqual(good);
    await failure(look(), 'ERR_DATA_INVALID');
    await failure(look(), 'ERR_DATA_INVALID');
    expect(await look()).toEqual(good);
  });
});

describe('an awaited update', () => {
  it('is durable: every later reader sees it', async () => {
    const env = setUp();
    const browser = await shopper(env);
    const { session } = await browser.load(env.sessions);
    await session.update(add('hat'));
    expect(await cartOf(env, browser)).toEqual(['coat', 'hat']);
  });

  it('resolves to the function’s return value after the write', async () => {
    const env = setUp();
    const browser = await shopper(env);
    const { session } = await browser.load(env.sessions);
    const total = await session.update((data) => data.cart.push('hat'));
    expect(total).toBe(2);
    expect(await session.update(() => null)).toBeNull();
    expect(await session.update(() => {})).toBeUndefined();
  });

  it('makes one write and shows in the data of this visit', async () => {
    const env = setUp();
    const browser = await shopper(env);
    const { session, respond } = await browser.load(env.sessions);
    const before = session.data;
    await session.update(add('hat'));
    expect(session.data).toEqual({ cart: ['coat', 'hat'] });
    expect(before).toEqual({ cart: ['coat'] });
    expect(env.store.writes).toBe(1);
    expect(setCookies(respond())).toEqual([]);
  });

  it('does not change the data of another visit that loaded before', async () => {
    const env = setUp();
    const browser = await shopper(env);
    const early = await browser.load(env.sessions);
    await browser.use(env.sessions, (session) => session.update(add('hat')));
    expect(early.session.data).toEqual({ cart: ['coat'] });
    await early.session.update(add('scarf'));
    expect(early.session.data).toEqual({ cart: ['coat', 'hat', 'scarf'] });
  });

  it('counts as a use and extends the idle deadline', async () => {
    const env = setUp();
    const browser = await shopper(env);
    const { session } = await browser.load(env.sessions);
    env.clock.advance('10m');
    await session.update(add('hat'));
    expect(session.expiresAt).toEqual(new Date(env.clock.now() + 30 * 60_000));
  });
});

describe('a patch', () => {
  it('sets the named properties and no others', async () => {
    const env = setUp();
    const browser = await shopper(env);
    expect(await browser.use(env.sessions, (session) => session.update({ note: 'wrapped' }))).toBeUndefined();
    expect(await browser.use(env.sessions, ({ data }) => data)).toEqual({ cart: ['coat'], note: 'wrapped' });
  });

  it('is rejected if it names __proto__', async () => {
    const env = setUp();
    const browser = await shopper(env);
    const { session } = await browser.load(env.sessions);
    const planted: Partial<ShopData> = JSON.parse('{"__proto__":{"isAdmin":true},"note":"x"}');
    await failure(session.update(planted), 'ERR_DATA_INVALID');
    expect(Reflect.get({}, 'isAdmin')).toBeUndefined();
    expect(await browser.use(env.sessions, ({ data }) => data)).toEqual({ cart: ['coat'] });
    const { session: fresh } = await new Browser().load(env.sessions);
    await failure(fresh.update(planted), 'ERR_DATA_INVALID');
    expect(fresh.id).toBeUndefined();
  });

  it('is rejected if it names __proto__ at a deeper level', async () => {
    const { session } = await new Browser().load(setUp().sessions);
    const planted: Partial<ShopData> = JSON.parse('{"cart":[{"__proto__":{"isAdmin":true}}]}');
    await failure(session.update(planted), 'ERR_DATA_INVALID');
  });
});

describe('what update() rejects', () => {
  it.for<[string, unknown, string]>([
    ['nothing', undefined, 'a undefined'],
    ['null', null, 'null'],
    ['a list', ['coat'], 'an array'],
    ['a string', 'coat', 'a string'],
    ['a number', 5, 'a number'],
  ])('%s', async ([, given, shown]) => {
    const { sessions, store } = setUp();
    const { session } = await new Browser().load(sessions);
    const wrong = given as Partial<ShopData>;
    expect((await failure(session.update(wrong), 'ERR_DATA_INVALID')).message).toContain(`received ${shown}`);
    expect(store.calls).toEqual([]);
  });

  it.for<[string, (data: ShopData) => unknown]>([
    [
      'an async function',
      async (data) => {
        data.cart.push('hat');
      },
    ],
    ['a function that returns a rejecting promise', () => Promise.reject(new Error('late'))],
    // biome-ignore lint/suspicious/noThenProperty: a thenable is what is refused here.
    ['a function that returns a thenable', () => ({ then: () => {} })],
  ])('%s', async ([, change]) => {
    const env = setUp();
    const browser = await shopper(env);
    const { session } = await browser.load(env.sessions);
    const { message } = await failure(session.update(change as () => void), 'ERR_DATA_INVALID');
    expect(message).toContain('must be synchronous');
    expect(await cartOf(env, browser)).toEqual(['coat']);
    expect(env.store.writes).toBe(0);
  });

  it('a function that returns changed data and leaves the draft unchanged', async () => {
    const env = setUp();
    const browser = await shopper(env);
    const { session } = await browser.load(env.sessions);
    const reduce = (data: ShopData) => ({ ...data, note: 'wrapped' });
    const { message } = await failure(session.update(reduce as unknown as () => void), 'ERR_DATA_INVALID');
    expect(message).toContain('Alter the draft instead');
    expect(env.store.writes).toBe(0);
    const empty = createSessions({ store: memoryStore() });
    const { session: fresh } = await new Browser().load(empty);
    await failure(
      fresh.update((data) => ({ ...data, count: 5 })),
      'ERR_DATA_INVALID',
    );
  });

  it('accepts any return value of a function that altered the draft, and a part of the data', async () => {
    const env = setUp();
    const browser = await shopper(env);
    const { session } = await browser.load(env.sessions);
    const copy = (data: ShopData) => {
      data.note = 'wrapped';
      return { ...data };
    };
    expect(await session.update(copy as unknown as () => unknown)).toEqual({
      cart: ['coat'],
      note: 'wrapped',
    });
    expect(await session.update(() => ({ isEmpty: false }))).toEqual({ isEmpty: false });
    expect(await session.update(({ cart }) => cart)).toEqual(['coat']);
    expect(await session.update(((data: ShopData) => data) as unknown as () => unknown)).toEqual({
      cart: ['coat'],
      note: 'wrapped',
    });
  });

  it('data that does not survive JSON, with its path, and writes nothing', async () => {
    const env = setUp();
    const browser = await shopper(env);
    const { session } = await browser.load(env.sessions);
    const wrong = { note: new Date(0) } as unknown as Partial<ShopData>;
    expect((await failure(session.update(wrong), 'ERR_DATA_INVALID')).message).toContain(
      'data.note is an instance of Date',
    );
    expect(env.store.writes).toBe(0);
    expect(session.data).toEqual({ cart: ['coat'] });
  });

  it('data over maxDataBytes, counted in UTF-8, and writes nothing', async () => {
    const env = setUp({ maxDataBytes: 100 });
    const browser = await shopper(env);
    const { session } = await browser.load(env.sessions);
    const room = 100 - JSON.stringify({ cart: ['coat'], note: '' }).length;
    await session.update({ note: 'x'.repeat(room) });
    env.store.forget();
    const { message } = await failure(
      session.update({ note: `${'x'.repeat(room - 1)}ä` }),
      'ERR_DATA_TOO_LARGE',
    );
    expect(message).toContain('101 bytes; maxDataBytes is 100');
    expect(env.store.writes).toBe(0);
    const { session: fresh } = await new Browser().load(env.sessions);
    await failure(fresh.update({ note: 'x'.repeat(101) }), 'ERR_DATA_TOO_LARGE');
    expect(fresh.id).toBeUndefined();
  });
});

describe('data', () => {
  it('is frozen at every level', async () => {
    const env = setUp();
    const browser = await shopper(env);
    const check = ({ data }: Session<ShopData>) => {
      const open = data as ShopData;
      expect(() => open.cart.push('hat')).toThrow(TypeError);
      expect(() => {
        open.note = 'x';
      }).toThrow(TypeError);
      expect(() => {
        open.cart = [];
      }).toThrow(TypeError);
    };
    await browser.use(env.sessions, check);
    await browser.use(env.sessions, async (session) => {
      await session.update(add('hat'));
      check(session);
    });
    await new Browser().use(env.sessions, check);
  });

  it('is not changed by altering a draft after the update', async () => {
    const env = setUp();
    const browser = await shopper(env);
    const { session } = await browser.load(env.sessions);
    const kept: ShopData[] = [];
    await session.update((data) => void kept.push(data));
    kept[0]?.cart.push('smuggled');
    expect(session.data).toEqual({ cart: ['coat'] });
    expect(await cartOf(env, browser)).toEqual(['coat']);
  });
});

describe('a session that ended', () => {
  it('before this request: ended says why, and update creates a new one', async () => {
    const env = setUp();
    const browser = await shopper(env);
    const old = browser.token;
    env.clock.advance('31m');
    const { session, respond } = await browser.load(env.sessions);
    expect(session.id).toBeUndefined();
    expect(session.ended).toEqual({ reason: 'idle' });
    await session.update(add('hat'));
    respond();
    expect(session.id).toBeDefined();
    expect(old.startsWith(session.id ?? '')).toBe(false);
    expect(await cartOf(env, browser)).toEqual(['hat']);
  });

  it('during this request: update rejects, and the session is not revived', async () => {
    const env = setUp();
    const browser = await shopper(env);
    const slow = await browser.load(env.sessions);
    await browser.copy().use(env.sessions, (session) => session.destroy());
    await failure(slow.session.update(add('hat')), 'ERR_SESSION_ENDED');
    await failure(slow.session.update(add('hat')), 'ERR_SESSION_ENDED');
    expect(env.store.size).toBe(0);
    expect(slow.visit.seal().filter(([name]) => name === 'set-cookie')).toEqual([]);
  });

  it('by this request: update creates a new one', async () => {
    const env = setUp();
    const browser = await shopper(env);
    const { session, respond } = await browser.load(env.sessions);
    const first = session.id;
    await session.destroy();
    await session.update(add('hat'));
    const second = session.id;
    expect(second).not.toBe(first);
    await session.finish();
    await session.update(add('scarf'));
    expect(session.id).not.toBe(second);
    respond();
    expect(await cartOf(env, browser)).toEqual(['scarf']);
  });
});
