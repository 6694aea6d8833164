export type {
  IoredisClient,
  IoredisCluster,
  IoredisPipeline,
  NodeRedisClient,
  NodeRedisCluster,
  NodeRedisCommandOptions,
  NodeRedisNode,
  NodeRedisPipeline,
  NodeRedisSentinel,
  RedisStoreClient,
  UpstashClient,
} from './clients/clients.ts';
export type { RedisStoreOptions, WaitForReplicas } from './options.ts';
export { type RedisStore, redisStore, type UpstashStore } from './redis-store.ts';
