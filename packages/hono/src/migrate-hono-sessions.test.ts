import { Hono } from 'hono';
import { decrypt, MemoryStore, sessionMiddleware } from 'hono-sessions';
import { describe, expect, it } from 'vitest';
import { createSessions, memoryStore, migrateHonoSessions, session } from './index.ts';

interface ShopData {
  cart: string[];
}
type Cookies = Map<string, string>;
const KEY = 'a key of at least 32 characters, as it has to be';
const SHOP = 'https://shop.example';

/** Sends a request as a browser with the given cookies does. */
async function request(app: { request: Hono['request'] }, path: string, cookies: Cookies): Promise<string> {
  const cookie = [...cookies].map((pair) => pair.join('=')).join('; ');
  const response = await app.request(SHOP + path, { headers: { cookie } });
  for (const line of response.headers.getSetCookie()) {
    const pair = line.split(';', 1)[0] ?? '';
    const name = pair.slice(0, pair.indexOf('='));
    if (/expires=thu, 01 jan 1970/i.test(line)) cookies.delete(name);
    else cookies.set(name, pair.slice(name.length + 1));
  }
  return response.text();
}

/** The app on hono-sessions, which signs in whom the path names. */
function oldApp(store: MemoryStore, encryptionKey: string | undefined = KEY) {
  const app = new Hono<{ Variables: { session: { set(key: string, value: unknown): void } } }>();
  app.use('*', sessionMiddleware({ store, encryptionKey, expireAfterSeconds: 900 }) as never);
  app.get('/:user', (c) => {
    c.var.session.set('userId', c.req.param('user'));
    c.var.session.set('cart', ['coat']);
    return c.text('in');
  });
  return app;
}

/** The same app after the swap. */
function swap(store: MemoryStore, key: string = KEY) {
  const sessions = createSessions<ShopData>({ store: memoryStore(), initial: () => ({ cart: [] }) });
  const app = new Hono()
    .use(
      migrateHonoSessions(sessions, {
        store,
        decrypt: (value) => decrypt(key, value),
        restore: ({ userId, cart }) => ({ userId: String(userId), data: { cart: cart as string[] } }),
      }),
    )
    .use(session(sessions))
    .get('/', (c) => Promise.resolve(c.json([c.var.session.userId ?? null, c.var.session.data.cart])));
  return { sessions, app };
}

async function signedIn(store: MemoryStore, user: string, key?: string): Promise<Cookies> {
  const cookies: Cookies = new Map();
  await request(oldApp(store, key), `/${user}`, cookies);
  return cookies;
}

describe('sessions of hono-sessions with an external store', () => {
  it('stay signed in after the swap: all of 100 users, whose old cookies work once', async () => {
    const store = new MemoryStore();
    const users = Array.from({ length: 100 }, (_, i) => `user${i}`);
    const browsers = await Promise.all(users.map((user) => signedIn(store, user)));
    const copies = browsers.map((each) => new Map(each));
    const { sessions, app } = swap(store);
    const seen = () => Promise.all(browsers.map(async (each) => JSON.parse(await request(app, '/', each))));
    const expected = users.map((user) => [user, ['coat']]);
    expect(await seen()).toEqual(expected);
    expect(await seen()).toEqual(expected);
    expect(browsers.every((each) => !each.has('session'))).toBe(true);
    const lists = await Promise.all(users.map((user) => sessions.list(user)));
    expect(lists.every(({ length }) => length === 1)).toBe(true);
    const again = swap(store);
    expect(new Set(await Promise.all(copies.map((each) => request(again.app, '/', each))))).toEqual(
      new Set(['[null,[]]']),
    );
  }, 30_000);

  it('move once for 50 parallel requests of one user, and each response opens the session', async () => {
    const store = new MemoryStore();
    const cookies = await signedIn(store, 'ada');
    const { sessions, app } = swap(store);
    const tabs = Array.from({ length: 50 }, () => new Map(cookies));
    const seen = await Promise.all(tabs.map((tab) => request(app, '/', tab)));
    expect(new Set(seen)).toEqual(new Set(['["ada",["coat"]]']));
    expect(await sessions.list('ada')).toHaveLength(1);
    expect(await request(app, '/', tabs[7] ?? new Map())).toBe('["ada",["coat"]]');
  });

  it('do not open for a cookie of another key, nor for a bare ID', async () => {
    const store = new MemoryStore();
    const cookies = await signedIn(store, 'ada');
    expect(await request(swap(store, KEY.toUpperCase()).app, '/', new Map(cookies))).toBe('[null,[]]');
    const id = String(await decrypt(KEY, cookies.get('session') ?? ''));
    expect(await request(swap(store).app, '/', new Map([['session', id]]))).toBe('[null,[]]');
    expect(await request(swap(store).app, '/', cookies)).toBe('["ada",["coat"]]');
  });

  it('need a store and functions: anything else is ERR_CONFIG', () => {
    const sessions = createSessions({ store: memoryStore() });
    for (const options of ['{}', '{"store": {"getSession": 1}}']) {
      expect(() => migrateHonoSessions(sessions, JSON.parse(options))).toThrow(
        expect.objectContaining({ code: 'ERR_CONFIG' }),
      );
    }
  });
});
