import type { SessionStore } from '@coatcheck/core';
import type { Cluster, Redis } from 'ioredis';
import type { Cluster as Cluster5, Redis as Redis5 } from 'ioredis-5';
import type * as redis6 from 'redis';
import type * as redis5 from 'redis-5';
import { describe, expectTypeOf, it } from 'vitest';
import type { RedisStoreClient } from '../../src/clients/clients.ts';
import type { redisStore } from '../../src/redis-store.ts';

describe('redisStore', () => {
  it('accepts every client of node-redis 5 and 6', () => {
    expectTypeOf<ReturnType<typeof redis6.createClient>>().toExtend<RedisStoreClient>();
    expectTypeOf<ReturnType<typeof redis6.createClientPool>>().toExtend<RedisStoreClient>();
    expectTypeOf<ReturnType<typeof redis6.createCluster>>().toExtend<RedisStoreClient>();
    expectTypeOf<ReturnType<typeof redis6.createSentinel>>().toExtend<RedisStoreClient>();
    expectTypeOf<ReturnType<typeof redis5.createClient>>().toExtend<RedisStoreClient>();
    expectTypeOf<ReturnType<typeof redis5.createClientPool>>().toExtend<RedisStoreClient>();
    expectTypeOf<ReturnType<typeof redis5.createCluster>>().toExtend<RedisStoreClient>();
    expectTypeOf<ReturnType<typeof redis5.createSentinel>>().toExtend<RedisStoreClient>();
  });

  it('accepts every client of ioredis 5 and 6', () => {
    expectTypeOf<Redis>().toExtend<RedisStoreClient>();
    expectTypeOf<Cluster>().toExtend<RedisStoreClient>();
    expectTypeOf<Redis5>().toExtend<RedisStoreClient>();
    expectTypeOf<Cluster5>().toExtend<RedisStoreClient>();
  });

  it('accepts nothing else', () => {
    expectTypeOf<string>().not.toExtend<RedisStoreClient>();
    expectTypeOf<{ url: string }>().not.toExtend<RedisStoreClient>();
    expectTypeOf<Map<string, string>>().not.toExtend<RedisStoreClient>();
  });

  it('returns a session store', () => {
    expectTypeOf<ReturnType<typeof redisStore>>().toExtend<SessionStore>();
  });
});
