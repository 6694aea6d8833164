// The migrations whose sessions are in a database server.

import type { Pool } from 'pg';
import type { RedisClientType } from 'redis';
import { afterAll, describe, expect, it } from 'vitest';
import { TestServer as PostgresServer } from '../../../packages/postgres/test/support/server.ts';
import { TestServer as RedisServer } from '../../../packages/redis/test/support/server.ts';
import { testMove } from './clauses/move.ts';
import { testShop } from './clauses/shop.ts';
import { addAtOnce, addDuringSignOut, signIn } from './support/acts.ts';
import { openShop } from './support/open-shop.ts';

const [redis, postgres] = await Promise.all([RedisServer.start(), PostgresServer.start()]);
process.env['REDIS_URL'] = redis.url;
process.env['DATABASE_URL'] = postgres.url;

/** Imports a side's connection to Redis. */
async function redisOf(side: string): Promise<RedisClientType> {
  return (await import(`./${side}/connect-redis.ts`)).client;
}

/** Imports a side's connections to PostgreSQL. */
async function postgresOf(side: string): Promise<Pool> {
  return (await import(`./${side}/connect-pg-simple.ts`)).pool;
}

afterAll(async () => {
  for (const side of ['before', 'after', 'native']) (await redisOf(side)).destroy();
  for (const side of ['before', 'after']) await (await postgresOf(side)).end();
  await Promise.all([redis.stop(), postgres.stop()]);
});

describe('connect-redis, with the native API', () => {
  const open = () => openShop('native/connect-redis');
  testShop(open);
  testMove('connect-redis', 'native');

  it('keeps all of 50 concurrent additions', async () => {
    expect(await addAtOnce((await open()).client(), 50)).toBe(50);
  });

  it('refuses a request that outlives its session', async () => {
    expect(await addDuringSignOut((await open()).client())).toEqual({ status: 409, user: null, cart: [] });
  });
});

describe.each(['connect-redis', 'connect-pg-simple'])('%s', (library) => {
  const visit = async (side: string) => (await openShop(`${side}/${library}`)).client();

  describe.each(['before', 'after'])('the shop %s', (side) => {
    testShop(() => openShop(`${side}/${library}`));
  });

  describe('the change', () => {
    testMove(library);
  });

  it('before, 1 of 50 concurrent additions is kept', async () => {
    expect(await addAtOnce(await visit('before'), 50)).toBe(1);
  });

  it('before, a session that was signed out during a request is revived', async () => {
    expect(await addDuringSignOut(await visit('before'))).toMatchObject({ status: 303, user: 'ada' });
  });

  it('after, all of 50 concurrent additions are kept', async () => {
    expect(await addAtOnce(await visit('after'), 50)).toBe(50);
  });

  it('after, a request that outlives its session is refused', async () => {
    expect(await addDuringSignOut(await visit('after'))).toEqual({ status: 409, user: null, cart: [] });
  });
});

/** Reads all that the database of a library contains. */
async function stored(library: string): Promise<string> {
  if (library === 'connect-redis') {
    const client = await redisOf('after');
    const keys = await client.keys('*');
    return JSON.stringify([keys, await Promise.all(keys.map((key) => client.get(key)))]);
  }
  const pool = await postgresOf('after');
  const tables = ['session', 'coatcheck_sessions'];
  return JSON.stringify(
    await Promise.all(tables.map(async (table) => (await pool.query(`SELECT * FROM ${table}`)).rows)),
  );
}

describe.each(['connect-redis', 'connect-pg-simple'])('the database of %s', (library) => {
  it('before, contains the ID that the cookie carries', async () => {
    const browser = (await openShop(`before/${library}`)).client();
    await signIn(browser, 'ada');
    const [, id = 'none'] = /s(?:%3A|:)([\w-]+)/.exec(browser.cookieHeader) ?? [];
    expect(await stored(library)).toContain(id);
  });

  it('after, contains no token', async () => {
    const browser = (await openShop(`after/${library}`)).client();
    await signIn(browser, 'ada');
    const [token = 'none'] = /[\w-]{65}/.exec(browser.cookieHeader) ?? [];
    expect(token).toHaveLength(65);
    expect(await stored(library)).not.toContain(token.slice(-43));
  });
});
