import { configError } from '../options.ts';
import type {
  IoredisClient,
  IoredisCluster,
  NodeRedisClient,
  NodeRedisCluster,
  NodeRedisSentinel,
  RedisStoreClient,
  UpstashClient,
} from './clients.ts';
import type { Deadline } from './deadline.ts';
import type { Driver } from './driver.ts';
import { ioredisClient, ioredisCluster } from './ioredis.ts';
import { nodeRedisClient, nodeRedisCluster, nodeRedisSentinel } from './node-redis.ts';

/**
 * Recognises the kind of client by its methods, and returns the driver for it.
 *
 * @throws {SessionError} `ERR_CONFIG` if the client is of no supported kind.
 */
export function recogniseClient(client: RedisStoreClient, deadline: Deadline): Driver {
  if (isIoredisCluster(client)) return ioredisCluster(client);
  if (isIoredisClient(client)) return ioredisClient(client);
  if (isNodeRedisCluster(client)) return nodeRedisCluster(client, deadline);
  if (isNodeRedisSentinel(client)) return nodeRedisSentinel(client, deadline);
  if (isNodeRedisClient(client)) return nodeRedisClient(client, deadline);
  const expected =
    'a client of node-redis (createClient, createClientPool, createCluster, createSentinel), of ioredis (Redis, Cluster) or of @upstash/redis (Redis)';
  // A connection string may contain a password.
  const shown = typeof client === 'string' ? 'a string' : undefined;
  throw configError('The first argument of redisStore', client, expected, shown);
}

/** Tells whether a client sends its commands over HTTP. */
export function isUpstashClient(client: unknown): client is UpstashClient {
  return hasMethods(client, ['exec', 'createScript']);
}

function isIoredisClient(client: unknown): client is IoredisClient {
  return hasMethods(client, ['call', 'pipeline']);
}

function isIoredisCluster(client: unknown): client is IoredisCluster {
  return isIoredisClient(client) && hasMethods(client, ['nodes']);
}

function isNodeRedisClient(client: unknown): client is NodeRedisClient {
  return hasMethods(client, ['sendCommand', 'multi', 'connect']);
}

function isNodeRedisCluster(client: unknown): client is NodeRedisCluster {
  return isNodeRedisClient(client) && hasMethods(client, ['nodeClient']);
}

function isNodeRedisSentinel(client: unknown): client is NodeRedisSentinel {
  return isNodeRedisClient(client) && hasMethods(client, ['acquire']);
}

function hasMethods(value: unknown, names: readonly string[]): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const properties: { readonly [name: string]: unknown } = Object(value);
  return names.every((name) => typeof properties[name] === 'function');
}
