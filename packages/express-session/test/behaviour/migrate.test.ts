import { createRequire } from 'node:module';
import { DatabaseSync } from 'node:sqlite';
import express, { type RequestHandler } from 'express';
import pg from 'pg';
import { createClient } from 'redis';
import { afterAll, describe, expect, it } from 'vitest';
import { TestServer as PostgresServer } from '../../../postgres/test/support/server.ts';
import { TestServer as RedisServer } from '../../../redis/test/support/server.ts';
import session, {
  type ExpressSessionOptions,
  type ExpressSessionStore,
  expressSession,
  MemoryStore,
} from '../../src/index.ts';
import { type Client, SECRET, serve } from '../support/serve.ts';

const require = createRequire(import.meta.url);
/** The real one. */
const original: ((options: object) => RequestHandler) & { MemoryStore: new () => ExpressSessionStore } =
  require('express-session');
const makeStoreClass = (name: string): (new (options: object) => ExpressSessionStore) =>
  require(name)(original);
const { RedisStore }: { RedisStore: new (options: object) => ExpressSessionStore } = require('connect-redis');

const redis = await RedisServer.start();
const redisClient = await createClient({ url: redis.url }).connect();
const postgres = await PostgresServer.start();
const pool = new pg.Pool({ connectionString: postgres.url });
afterAll(async () => {
  await redisClient.close();
  await redis.stop();
  await pool.end();
  await postgres.stop();
});

/** The stores of express-session, each over a real server or database. */
const STORES: readonly [name: string, make: () => ExpressSessionStore][] = [
  ['express-session’s MemoryStore', () => new original.MemoryStore()],
  ['connect-redis', () => new RedisStore({ client: redisClient, prefix: 'old:' })],
  [
    'connect-pg-simple',
    () =>
      new (makeStoreClass('connect-pg-simple'))({
        pool,
        createTableIfMissing: true,
        pruneSessionInterval: false,
      }),
  ],
  ['memorystore', () => new (makeStoreClass('memorystore'))({})],
  [
    'better-sqlite3-session-store',
    () => new (makeStoreClass('better-sqlite3-session-store'))({ client: new DatabaseSync(':memory:') }),
  ],
];

function shop(middleware: RequestHandler) {
  const app = express().use(middleware);
  app.post('/sign-in/:user', (req, res) => {
    Object.assign(req.session, { passport: { user: req.params.user }, cart: ['coat'] });
    res.end();
  });
  app.post('/sign-out', (req, res, next) => {
    req.session.destroy((error: unknown) => (error ? next(error) : res.end()));
  });
  app.get('/', (req, res) => {
    const { passport, cart } = req.session as { passport?: { user?: string }; cart?: string[] };
    res.json([passport?.user ?? null, cart ?? []]);
  });
  return serve(app);
}

/** Takes over a browser's cookies, as the swap of the app's session library does. */
function moved(client: Client, from: Client): Client {
  for (const [name, value] of from.cookies) client.cookies.set(name, value);
  return client;
}

async function swap(
  store: ExpressSessionStore,
  how: Partial<ExpressSessionOptions> = {},
  name = 'connect.sid',
) {
  const old = await shop(original({ secret: SECRET, resave: false, saveUninitialized: false, store }));
  const middleware = session({
    secret: SECRET,
    name,
    resave: false,
    saveUninitialized: false,
    store: new MemoryStore(),
    migrateFrom: expressSession({ secret: SECRET, store, name: 'connect.sid', ...how }),
  });
  return { old, middleware, ...(await shop(middleware)) };
}

describe.each(STORES)('sessions of %s', (_name, makeStore) => {
  it('stay signed in after the swap: all of 100 users', async () => {
    const { old, client, middleware } = await swap(makeStore());
    const users = Array.from({ length: 100 }, (_, i) => `user${i}`);
    const before = await Promise.all(
      users.map(async (user) => {
        const browser = old.client();
        await browser.post(`/sign-in/${user}`);
        return browser;
      }),
    );
    const browsers = before.map((each) => moved(client(), each));
    const expected = users.map((user) => [user, ['coat']]);
    const seen = () => Promise.all(browsers.map(async (browser) => JSON.parse(await browser.get('/'))));
    expect(await seen()).toEqual(expected);
    expect(await seen()).toEqual(expected);
    const lists = await Promise.all(users.map((user) => middleware.sessions.list(user)));
    expect(lists.every(({ length }) => length === 1)).toBe(true);
    // The old records are gone.
    const left = await Promise.all(before.map(async (each) => JSON.parse(await each.get('/'))));
    expect(left).toEqual(users.map(() => [null, []]));
    // 500 requests, which take a while on a busy machine.
  }, 30_000);

  it('move once for 50 parallel requests of one user, and each response opens the session', async () => {
    const { old, client, middleware } = await swap(makeStore());
    const before = old.client();
    await before.post('/sign-in/ada');
    const tabs = Array.from({ length: 50 }, () => moved(client(), before));
    const seen = await Promise.all(tabs.map((tab) => tab.get('/')));
    expect(seen.every((text) => JSON.parse(text)[0] === 'ada')).toBe(true);
    expect(await middleware.sessions.list('ada')).toHaveLength(1);
    expect(new Set(tabs.map((tab) => tab.cookies.get('connect.sid'))).size).toBe(1);
    expect(JSON.parse((await tabs[7]?.get('/')) ?? '')).toEqual(['ada', ['coat']]);
  });
});

describe('migrateFrom', () => {
  it('clears an old cookie of another name', async () => {
    const { old, client } = await swap(new original.MemoryStore(), {}, 'shop');
    const before = old.client();
    await before.post('/sign-in/ada');
    const browser = moved(client(), before);
    await browser.get('/');
    expect([...browser.cookies.keys()]).toEqual(['shop']);
  });

  it('keeps the old record and cookie with keep, so that the app can go back', async () => {
    const { old, client } = await swap(new original.MemoryStore(), { keep: true }, 'shop');
    const before = old.client();
    await before.post('/sign-in/ada');
    const browser = moved(client(), before);
    expect(JSON.parse(await browser.get('/'))).toEqual(['ada', ['coat']]);
    expect([...browser.cookies.keys()].sort()).toEqual(['connect.sid', 'shop']);
    expect(JSON.parse(await moved(old.client(), browser).get('/'))).toEqual(['ada', ['coat']]);
  });

  it('brings back no session with keep that was signed out here, not even by a copy of the old cookie', async () => {
    const { old, client } = await swap(new original.MemoryStore(), { keep: true }, 'shop');
    const before = old.client();
    await before.post('/sign-in/ada');
    const browser = moved(client(), before);
    await browser.get('/');
    await browser.post('/sign-out');
    expect(JSON.parse(await browser.get('/'))).toEqual([null, []]);
    expect(JSON.parse(await moved(client(), before).get('/'))).toEqual([null, []]);
  });

  it('brings back no session with keep that was revoked', async () => {
    const { old, client, middleware } = await swap(new original.MemoryStore(), { keep: true }, 'shop');
    const before = old.client();
    await before.post('/sign-in/ada');
    const browser = moved(client(), before);
    await browser.get('/');
    expect(await middleware.sessions.revokeUser('ada')).toBe(1);
    expect(JSON.parse(await browser.get('/'))).toEqual([null, []]);
  });

  it('accepts no cookie with a wrong signature', async () => {
    const { old, client } = await swap(new original.MemoryStore(), { secret: 'another secret' });
    const before = old.client();
    await before.post('/sign-in/ada');
    expect(JSON.parse(await moved(client(), before).get('/'))).toEqual([null, []]);
  });

  it('keeps a record that cannot be moved, and reports it', async () => {
    const errors: unknown[] = [];
    const store = new original.MemoryStore();
    const { old } = await swap(store);
    const before = old.client();
    await before.post('/sign-in/ada');
    const { client } = await shop(
      session({
        secret: SECRET,
        saveUninitialized: false,
        maxDataBytes: 10,
        migrateFrom: expressSession({ secret: SECRET, store, onError: (error) => errors.push(error) }),
      }),
    );
    expect(JSON.parse(await moved(client(), before).get('/'))).toEqual([null, []]);
    expect(errors).toEqual([expect.objectContaining({ code: 'ERR_DATA_TOO_LARGE' })]);
    expect(JSON.parse(await moved(old.client(), before).get('/'))).toEqual(['ada', ['coat']]);
  });

  it('fails the request if the old store fails, rather than sign the user out', async () => {
    const store = new original.MemoryStore();
    const { old } = await swap(store);
    const before = old.client();
    await before.post('/sign-in/ada');
    store.get = (_id, callback) => callback(new Error('down'));
    const { client } = await swap(store);
    expect((await moved(client(), before).send('GET', '/')).status).toBe(500);
  });
});
