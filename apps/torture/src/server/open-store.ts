import { DatabaseSync } from 'node:sqlite';
import type { SessionStore } from '@coatcheck/core';
import { postgresStore } from '@coatcheck/postgres';
import { type RedisStoreClient, redisStore } from '@coatcheck/redis';
import { sqliteStore } from '@coatcheck/sqlite';
import { withFault } from './faulty-store.ts';
import type { Order, StoreAddress, StoreFault } from './spec.ts';

const HOST = '127.0.0.1';
/** How long a client waits between two attempts to connect, in milliseconds. */
const RECONNECT = 100;
/** More than any file has: SQLite's own limit. */
const MAX_PAGES = 4_294_967_294;

/** A store, and how its disk is given trouble. */
export interface OpenedStore {
  readonly store: SessionStore;
  obey(order: Order): void;
}

/** Opens the store at an address as an app does. Only one with `hasOrders` obeys. */
export async function openStore(
  address: StoreAddress,
  { hasOrders = false }: { readonly hasOrders?: boolean | undefined } = {},
): Promise<OpenedStore> {
  if (address.kind === 'sqlite' && (hasOrders || address.fault !== undefined))
    return openConnection(address.path, address.fault);
  return {
    store: await openUsual(address),
    obey() {
      throw new Error('This store has no disk that could be in trouble.');
    },
  };
}

async function openUsual(address: StoreAddress): Promise<SessionStore> {
  if (address.kind === 'sqlite') return sqliteStore(address.path);
  return address.kind === 'postgres' ? await openPostgres(address) : await openRedis(address);
}

/** Opens a SQLite file over a connection that the server has too: the disk's troubles are settings of it. */
function openConnection(path: string, fault: StoreFault | undefined): OpenedStore {
  const connection = new DatabaseSync(path, { timeout: 1000 });
  const store = sqliteStore(connection, { synchronous: 'normal' });
  return {
    store: fault === undefined ? store : withFault(store, fault),
    obey({ disk }) {
      // A limit below the present size is the present size.
      connection.exec(`PRAGMA max_page_count = ${disk === 'full' ? 1 : MAX_PAGES}`);
      connection.exec(`PRAGMA query_only = ${disk === 'read-only' ? 1 : 0}`);
    },
  };
}

async function openRedis(
  address: Extract<StoreAddress, { kind: 'redis' | 'cluster' }>,
): Promise<SessionStore> {
  const client =
    address.client === 'ioredis' ? await connectIoredis(address) : await connectNodeRedis(address);
  return redisStore(client);
}

async function connectIoredis(
  address: Extract<StoreAddress, { kind: 'redis' | 'cluster' }>,
): Promise<RedisStoreClient> {
  const { Cluster, Redis } = await import('ioredis');
  if (address.kind === 'redis') {
    const client = new Redis(address.port, HOST, { retryStrategy: () => RECONNECT });
    client.on('error', () => {});
    return client;
  }
  const natMap = Object.fromEntries(
    address.nodes.map(({ port, through }) => [`${HOST}:${port}`, { host: HOST, port: through }]),
  );
  const nodes = address.nodes.map(({ through }) => ({ host: HOST, port: through }));
  const cluster = new Cluster(nodes, { natMap, clusterRetryStrategy: () => RECONNECT });
  cluster.on('error', () => {});
  return cluster;
}

async function connectNodeRedis(
  address: Extract<StoreAddress, { kind: 'redis' | 'cluster' }>,
): Promise<RedisStoreClient> {
  const { createClient, createCluster } = await import('redis');
  if (address.kind === 'redis') {
    const socket = { host: HOST, port: address.port, reconnectStrategy: RECONNECT };
    const client = createClient({ socket });
    client.on('error', () => {});
    await client.connect();
    return client;
  }
  const nodeAddressMap = Object.fromEntries(
    address.nodes.map(({ port, through }) => [`${HOST}:${port}`, { host: HOST, port: through }]),
  );
  const rootNodes = address.nodes.map(({ through }) => ({ socket: { host: HOST, port: through } }));
  const defaults = { socket: { reconnectStrategy: RECONNECT } };
  const cluster = createCluster({ rootNodes, nodeAddressMap, defaults });
  cluster.on('error', () => {});
  await cluster.connect();
  return cluster;
}

async function openPostgres({
  port,
  user,
  database,
  client,
}: Extract<StoreAddress, { kind: 'postgres' }>): Promise<SessionStore> {
  const address = { host: HOST, port, user, database, max: 10 };
  if (client === 'postgres.js') {
    const { default: postgres } = await import('postgres');
    return postgresStore(
      postgres({ ...address, fetch_types: false, connection: { statement_timeout: 2000 } }),
    );
  }
  const { Pool } = await import('pg');
  const pool = new Pool({ ...address, connectionTimeoutMillis: 2000, statement_timeout: 2000 });
  pool.on('error', () => {});
  return postgresStore(pool);
}
