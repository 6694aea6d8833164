import { PostgresServer } from './postgres-server.ts';
import { RedisCluster } from './redis-cluster.ts';
import { RedisServer } from './redis-server.ts';
import { SqliteFile } from './sqlite-file.ts';
import type { StoreKind, StoreUnderTest } from './store-under-test.ts';

const STORES: Readonly<Record<StoreKind, (servers: number) => Promise<StoreUnderTest>>> = {
  sqlite: async () => new SqliteFile(),
  redis: (servers) => RedisServer.start(servers),
  cluster: (servers) => RedisCluster.start(servers),
  postgres: (servers) => PostgresServer.start(servers),
};

/** Starts a store for a run, with its own files. */
export function startStore(kind: StoreKind, servers: number): Promise<StoreUnderTest> {
  return STORES[kind](servers);
}
