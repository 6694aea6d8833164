import { createRequire } from 'node:module';
import type { SessionStore } from '@coatcheck/core';
import { redisStore } from '@coatcheck/redis';
import { sqliteStore } from '@coatcheck/sqlite';
import express5 from 'express';
import { createClient } from 'redis';
import { afterAll } from 'vitest';
import { TestServer } from '../../../redis/test/support/server.ts';
import { MemoryStore } from '../../src/index.ts';

/** A framework and a store. */
export interface Combination {
  readonly name: string;
  /** The version of Express. */
  readonly express: 4 | 5;
  readonly makeApp: typeof express5;
  /** Makes an empty store. */
  readonly makeStore: () => SessionStore;
}

const express4: typeof express5 = createRequire(import.meta.url)('express4');

const redis = await TestServer.start();
const client = await createClient({ url: redis.url }).connect();
afterAll(async () => {
  await client.close();
  await redis.stop();
});
let stores = 0;
function makeRedisStore(): SessionStore {
  stores += 1;
  return redisStore(client, { prefix: `${stores}:` });
}
const makeSqliteStore = (): SessionStore => sqliteStore(':memory:');

/** The combinations of framework and store that the promises hold for. */
export const COMBINATIONS: readonly Combination[] = [
  { express: 5, name: 'Express 5, memory', makeApp: express5, makeStore: () => new MemoryStore() },
  { express: 5, name: 'Express 5, SQLite', makeApp: express5, makeStore: makeSqliteStore },
  { express: 4, name: 'Express 4, SQLite', makeApp: express4, makeStore: makeSqliteStore },
  { express: 5, name: 'Express 5, Redis', makeApp: express5, makeStore: makeRedisStore },
  { express: 4, name: 'Express 4, Redis', makeApp: express4, makeStore: makeRedisStore },
];
