import { join } from 'node:path';
import Database from 'better-sqlite3';
import sqliteStoreOf from 'better-sqlite3-session-store';
import pgStoreOf from 'connect-pg-simple';
import { RedisStore } from 'connect-redis';
import type { Request } from 'express';
import session, { MemoryStore, type Store } from 'express-session';
import pg from 'pg';
import { createClient } from 'redis';
import { advance, type ShopData } from '../shop-data.ts';
import { IDLE_MS, SECRET, type SessionUse, type Side, type SideSetting } from '../side.ts';
import { expressSide } from './express.ts';

declare module 'express-session' {
  interface SessionData extends Partial<ShopData> {
    userId?: string;
  }
}

const CLEAR_EXPIRED_MS = 15 * 60 * 1000;

export function withMemory(setting: SideSetting): Side {
  const store = new MemoryStore();
  return {
    ...build(setting, store),
    // It has no sweep of its own: what removes the expired ones is asking for all.
    sweep: () =>
      new Promise((resolve, reject) => {
        const before = Object.keys(Reflect.get(store, 'sessions')).length;
        store.all((error, left) => {
          if (error) reject(error);
          else resolve(before - Object.keys(left ?? {}).length);
        });
      }),
  };
}

export async function withRedis(setting: SideSetting): Promise<Side> {
  return build(setting, await redisStoreOf(setting));
}

/** Saves each write before it responds, as its README advises for a redirect: otherwise the response begins while the session is being saved. */
export async function withRedisSaved(setting: SideSetting): Promise<Side> {
  const write = async (req: Request): Promise<number> => {
    const visits = advance(req.session);
    await called((done) => req.session.save(done));
    return visits;
  };
  return build(setting, await redisStoreOf(setting), { ...use, write });
}

async function redisStoreOf(setting: SideSetting): Promise<Store> {
  const client = createClient({ url: setting.redisUrl });
  await client.connect();
  return new RedisStore({ client, prefix: 'shop:' });
}

export function withSqlite(setting: SideSetting): Side {
  const client = new Database(join(setting.directory, 'express-session.db'));
  client.pragma('journal_mode = WAL');
  const SqliteStore = sqliteStoreOf(session);
  return build(setting, new SqliteStore({ client, expired: { clear: true, intervalMs: CLEAR_EXPIRED_MS } }));
}

export function withPostgres(setting: SideSetting): Side {
  const PgStore = pgStoreOf(session);
  const pool = new pg.Pool({ connectionString: setting.postgresUrl });
  return build(setting, new PgStore({ pool, createTableIfMissing: true }));
}

function build(setting: SideSetting, store: Store, how: SessionUse<Request> = use): Side {
  setting.count(store, ['get', 'set', 'touch', 'destroy']);
  return expressSide(
    how,
    session({
      store,
      secret: SECRET,
      resave: false,
      saveUninitialized: false,
      cookie: { secure: true, sameSite: 'lax', maxAge: IDLE_MS },
    }),
  );
}

/** Uses `req.session` as the README of express-session does. */
export const use: SessionUse<Request> = {
  read: (req) => req.session.visits ?? 0,
  write: (req) => advance(req.session),
  // As its README's example of a login: a new ID against fixation, then the save that the redirect waits for.
  signIn: async (req, userId) => {
    const { cookie, ...data } = req.session;
    await called((done) => req.session.regenerate(done));
    Object.assign(req.session, data, { userId });
    await called((done) => req.session.save(done));
    return req.session.visits ?? 0;
  },
  signOut: async (req) => {
    await called((done) => req.session.destroy(done));
    return 0;
  },
};

function called(call: (done: (error: unknown) => void) => unknown): Promise<void> {
  return new Promise((resolve, reject) => {
    call((error) => (error ? reject(error) : resolve()));
  });
}
