import type { RedisStoreClient } from '../../src/clients/clients.ts';

/** A client for tests, and how it is let go of. */
export interface OpenClient {
  readonly client: RedisStoreClient;
  close(): void;
}

/** Makes a client of a server, a cluster or a sentinel at these ports; waits until it is connected, unless nobody listens there. */
export type ClientMaker = (ports: readonly number[], isThere?: boolean) => Promise<OpenClient>;

/** Kinds of clients by their names. */
export type Clients = Readonly<Record<string, ClientMaker>>;

/** Clients of one server. Each library is loaded only where it is asked for: processes that a test starts are to be there soon. */
export const SINGLE_CLIENTS: Clients = {
  'node-redis 6': async (ports, isThere) => {
    const { createClient } = await import('redis');
    return connected(createClient(nodeAt(ports[0])), isThere);
  },
  'node-redis 6 pool': async (ports, isThere) => {
    const { createClientPool } = await import('redis');
    return connected(createClientPool(nodeAt(ports[0])), isThere);
  },
  'node-redis 5': async (ports, isThere) => {
    const { createClient } = await import('redis-5');
    return connected(createClient(nodeAt(ports[0])), isThere);
  },
  'ioredis 6': async (ports) => {
    const { Redis } = await import('ioredis');
    return disconnectable(new Redis(addressAt(ports[0])));
  },
  'ioredis 5': async (ports) => {
    const { Redis } = await import('ioredis-5');
    return disconnectable(new Redis(addressAt(ports[0])));
  },
};

/** Clients of a cluster. */
export const CLUSTER_CLIENTS: Clients = {
  'node-redis 6 cluster': async (ports, isThere) => {
    const { createCluster } = await import('redis');
    return connected(createCluster({ rootNodes: ports.map(nodeAt) }), isThere);
  },
  'node-redis 6 cluster that reads from replicas': async (ports, isThere) => {
    const { createCluster } = await import('redis');
    return connected(createCluster({ rootNodes: ports.map(nodeAt), useReplicas: true }), isThere);
  },
  'node-redis 5 cluster': async (ports, isThere) => {
    const { createCluster } = await import('redis-5');
    return connected(createCluster({ rootNodes: ports.map(nodeAt) }), isThere);
  },
  'ioredis 6 cluster': async (ports) => {
    const { Cluster } = await import('ioredis');
    return disconnectable(new Cluster(ports.map(addressAt)));
  },
  'ioredis 6 cluster that reads from replicas': async (ports) => {
    const { Cluster } = await import('ioredis');
    return disconnectable(new Cluster(ports.map(addressAt), { scaleReads: 'slave' }));
  },
  'ioredis 5 cluster': async (ports) => {
    const { Cluster } = await import('ioredis-5');
    return disconnectable(new Cluster(ports.map(addressAt)));
  },
};

/** Clients that ask a sentinel for their server, which it calls `sessions`. */
export const SENTINEL_CLIENTS: Clients = {
  'node-redis 6 sentinel': async (ports, isThere) => {
    const { createSentinel } = await import('redis');
    return connected(createSentinel({ name: 'sessions', sentinelRootNodes: ports.map(addressAt) }), isThere);
  },
  'node-redis 5 sentinel': async (ports, isThere) => {
    const { createSentinel } = await import('redis-5');
    return connected(createSentinel({ name: 'sessions', sentinelRootNodes: ports.map(addressAt) }), isThere);
  },
  'ioredis 6 through a sentinel': async (ports) => {
    const { Redis } = await import('ioredis');
    return disconnectable(new Redis({ name: 'sessions', sentinels: ports.map(addressAt) }));
  },
  'ioredis 5 through a sentinel': async (ports) => {
    const { Redis } = await import('ioredis-5');
    return disconnectable(new Redis({ name: 'sessions', sentinels: ports.map(addressAt) }));
  },
};

/** Every kind of client by its name. */
export const CLIENTS: Clients = {
  ...SINGLE_CLIENTS,
  ...CLUSTER_CLIENTS,
  ...SENTINEL_CLIENTS,
};

interface NodeRedis {
  on(event: 'error', listener: () => void): unknown;
  connect(): Promise<unknown>;
  destroy(): unknown;
}

async function connected<Client extends RedisStoreClient & NodeRedis>(
  client: Client,
  isThere = true,
): Promise<OpenClient> {
  client.on('error', () => {});
  const connecting = client.connect();
  if (isThere) await connecting;
  else connecting.catch(() => {});
  return {
    client,
    close() {
      try {
        client.destroy();
      } catch {
        // It never was open.
      }
    },
  };
}

interface Ioredis {
  on(event: 'error', listener: () => void): unknown;
  disconnect(): void;
}

function disconnectable<Client extends RedisStoreClient & Ioredis>(client: Client): OpenClient {
  client.on('error', () => {});
  return { client, close: () => client.disconnect() };
}

function nodeAt(port = 0): { url: string } {
  return { url: `redis://127.0.0.1:${port}` };
}

function addressAt(port = 0): { host: string; port: number } {
  return { host: '127.0.0.1', port };
}
