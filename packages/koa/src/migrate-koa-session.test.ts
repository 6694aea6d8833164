import { createServer } from 'node:http';
import { listen } from '@coatcheck/adapter-contract';
import Koa, { type Middleware } from 'koa';
import koaSession from 'koa-session';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createSessions, type KoaSessionOptions, memoryStore, migrateKoaSession, session } from './index.ts';

interface ShopData {
  cart: string[];
}
type Cookies = Map<string, string>;

/** An external store of koa-session over a Map, as koa-redis is one over Redis. */
function oldStore() {
  const records = new Map<string, string>();
  return {
    records,
    get: async (key: string): Promise<unknown> => JSON.parse(records.get(key) ?? 'null'),
    set: async (key: string, value: unknown): Promise<void> => void records.set(key, JSON.stringify(value)),
    destroy: async (key: string): Promise<void> => void records.delete(key),
  };
}
type OldStore = ReturnType<typeof oldStore>;

/** Serves an app, and sends requests as a browser with the given cookies does. */
async function serve(keys: string[], make: (app: Koa) => readonly Middleware[]) {
  const app = new Koa();
  app.keys = keys;
  app.silent = true;
  for (const each of make(app)) app.use(each);
  const { url, close } = await listen(createServer(app.callback()));
  onTestFinished(async () => {
    await close();
  });
  return async (path: string, cookies: Cookies): Promise<string> => {
    const cookie = [...cookies].map((pair) => pair.join('=')).join('; ');
    const response = await fetch(url + path, { headers: { cookie } });
    for (const line of response.headers.getSetCookie()) {
      const [name = '', value = ''] = (line.split(';', 1)[0] ?? '').split('=');
      if (/expires=thu, 01 jan 1970/i.test(line)) cookies.delete(name);
      else cookies.set(name, value);
    }
    return response.text();
  };
}

/** The app on koa-session, which signs in whom the path names. */
const serveOld = (store: OldStore) =>
  serve(['old key'], (app) => [
    koaSession({ store }, app),
    (ctx) => {
      if (ctx.path !== '/') Object.assign(ctx['session'], { userId: ctx.path.slice(1), cart: ['coat'] });
      ctx.body = ctx['session'].userId ?? 'nobody';
    },
  ]);

/** The same app after the swap. */
async function swap(
  store: KoaSessionOptions<ShopData>['store'],
  { keys = ['old key'], ...options }: Partial<KoaSessionOptions<ShopData>> & { keys?: string[] } = {},
) {
  const sessions = createSessions<ShopData>({ store: memoryStore(), initial: () => ({ cart: [] }) });
  const request = await serve(keys, () => [
    migrateKoaSession(sessions, {
      store,
      restore: ({ userId, cart }) => ({ userId: String(userId), data: { cart: cart as string[] } }),
      ...options,
    }),
    session(sessions, { as: 'shop' }),
    (ctx) => {
      const { userId, data } = Reflect.get(ctx, 'shop') as { userId?: string; data: ShopData };
      ctx.body = JSON.stringify([userId ?? null, data.cart]);
    },
  ]);
  return { sessions, request };
}

async function signedIn(store: OldStore, user: string): Promise<Cookies> {
  const cookies: Cookies = new Map();
  await (await serveOld(store))(`/${user}`, cookies);
  return cookies;
}

describe('sessions of koa-session with an external store', () => {
  it('stay signed in after the swap: all of 100 users, whose old cookies work once', async () => {
    const store = oldStore();
    const old = await serveOld(store);
    const users = Array.from({ length: 100 }, (_, i) => `user${i}`);
    const browsers: Cookies[] = users.map(() => new Map());
    await Promise.all(users.map((user, i) => old(`/${user}`, browsers[i] ?? new Map())));
    const copies = browsers.map((each) => new Map(each));
    const { sessions, request } = await swap(store);
    const seen = () => Promise.all(browsers.map(async (each) => JSON.parse(await request('/', each))));
    const expected = users.map((user) => [user, ['coat']]);
    expect(await seen()).toEqual(expected);
    expect(await seen()).toEqual(expected);
    expect(browsers.every((each) => [...each.keys()].every((name) => !name.startsWith('koa.sess')))).toBe(
      true,
    );
    const lists = await Promise.all(users.map((user) => sessions.list(user)));
    expect(lists.every(({ length }) => length === 1)).toBe(true);
    expect(store.records.size).toBe(0);
    expect(await Promise.all(copies.map((each) => old('/', each)))).toEqual(users.map(() => 'nobody'));
  }, 30_000);

  it('move once for 50 parallel requests of one user, and each response opens the session', async () => {
    const store = oldStore();
    const cookies = await signedIn(store, 'ada');
    const { sessions, request } = await swap(store);
    const tabs = Array.from({ length: 50 }, () => new Map(cookies));
    const seen = await Promise.all(tabs.map((tab) => request('/', tab)));
    expect(new Set(seen)).toEqual(new Set(['["ada",["coat"]]']));
    expect(await sessions.list('ada')).toHaveLength(1);
    expect(await request('/', tabs[7] ?? new Map())).toBe('["ada",["coat"]]');
  });

  it('do not open for a cookie that another key signed, or that has no signature', async () => {
    const store = oldStore();
    const cookies = await signedIn(store, 'ada');
    const { request } = await swap(store, { keys: ['another key'] });
    expect(await request('/', new Map(cookies))).toBe('[null,[]]');
    const unsigned = new Map([['koa.sess', cookies.get('koa.sess') ?? '']]);
    expect(await (await swap(store)).request('/', unsigned)).toBe('[null,[]]');
    expect(store.records.size).toBe(1);
  });

  it('that have expired are not moved', async () => {
    const store = oldStore();
    const cookies = await signedIn(store, 'ada');
    const expired = {
      get: async () => ({ userId: 'ada', _expire: Date.now() - 1 }),
      destroy: async () => {},
    };
    expect(await (await swap(expired)).request('/', new Map(cookies))).toBe('[null,[]]');
  });

  it('stay where they are, and are reported, if they cannot be moved', async () => {
    const store = oldStore();
    const cookies = await signedIn(store, 'ada');
    const errors: unknown[] = [];
    const { request } = await swap(store, {
      restore: () => ({ userId: '' }),
      onError: (error) => errors.push(error),
    });
    expect(await request('/', cookies)).toBe('[null,[]]');
    expect(errors).toEqual([expect.objectContaining({ code: 'ERR_CONFIG' })]);
    expect(store.records.size).toBe(1);
  });

  it('fail the request if the old store fails, rather than sign the user out', async () => {
    const store = oldStore();
    const cookies = await signedIn(store, 'ada');
    const down = { get: () => Promise.reject(new Error('down')), destroy: async () => {} };
    expect(await (await swap(down)).request('/', new Map(cookies))).toBe('Internal Server Error');
    expect(await (await swap(store)).request('/', cookies)).toBe('["ada",["coat"]]');
  });

  it('need a store and a function: anything else is ERR_CONFIG', () => {
    const sessions = createSessions({ store: memoryStore() });
    for (const options of ['{}', '{"store": {"get": 1}}']) {
      expect(() => migrateKoaSession(sessions, JSON.parse(options))).toThrow(
        expect.objectContaining({ code: 'ERR_CONFIG' }),
      );
    }
  });
});
