import type { SessionStore } from '@coatcheck/core';
import type { Redis as Upstash } from '@upstash/redis';
import type { Redis as UpstashOnCloudflare } from '@upstash/redis/cloudflare';
import type { Cluster, Redis } from 'ioredis';
import type { Cluster as Cluster5, Redis as Redis5 } from 'ioredis-5';
import type * as redis6 from 'redis';
import type * as redis5 from 'redis-5';
import { describe, expectTypeOf, it } from 'vitest';
import type { RedisStoreClient, UpstashClient } from '../../src/clients/clients.ts';
import { type RedisStore, redisStore, type UpstashStore } from '../../src/redis-store.ts';

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

  it('accepts the client of Upstash, and knows that its store cannot broadcast or wait for replicas', () => {
    expectTypeOf<Upstash>().toExtend<UpstashClient>();
    expectTypeOf<UpstashOnCloudflare>().toExtend<UpstashClient>();
    expectTypeOf<Upstash>().not.toExtend<RedisStoreClient>();
    expectTypeOf<Redis>().not.toExtend<UpstashClient>();
    expectTypeOf<ReturnType<typeof redis6.createClient>>().not.toExtend<UpstashClient>();
    const open = (upstash: Upstash, ioredis: Redis) =>
      [redisStore(upstash, { prefix: 'shop:' }), redisStore(ioredis)] as const;
    expectTypeOf<ReturnType<typeof open>>().toEqualTypeOf<readonly [UpstashStore, RedisStore]>();
    // @ts-expect-error: there is no connection on which to wait
    (upstash: Upstash) => redisStore(upstash, { waitForReplicas: { replicas: 1, timeout: 100 } });
  });

  it('returns a session store', () => {
    expectTypeOf<UpstashStore>().toExtend<SessionStore>();
    expectTypeOf<ReturnType<typeof redisStore>>().toExtend<SessionStore>();
  });
});
