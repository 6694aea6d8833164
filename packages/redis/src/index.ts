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
} from './clients/clients.ts';
export type { RedisStoreOptions, WaitForReplicas } from './options.ts';
export { type RedisStore, redisStore } from './redis-store.ts';
