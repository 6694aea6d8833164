import type { RedisStoreClient } from '../../src/clients/clients.ts';

/** A client for tests, and how to close it. */
export interface OpenClient {
  readonly client: RedisStoreClient;
  close(): void;
}

/** Creates a client of a server, a cluster or a sentinel at these ports. Waits until it is connected, unless `isListening` is false. */
export type ClientMaker = (ports: readonly number[], isListening?: boolean) => Promise<OpenClient>;

/** Client makers by the names of their kinds. */
export type Clients = Readonly<Record<string, ClientMaker>>;

/** Clients of one server. Each library is loaded on demand, so that processes started by a test are ready quickly. */
export const SINGLE_CLIENTS: Clients = {
  'node-redis 6': async (ports, isListening) => {
    const { createClient } = await import('redis');
    return connected(createClient(nodeAt(ports[0])), isListening);
  },
  'node-redis 6 pool': async (ports, isListening) => {
    const { createClientPool } = await import('redis');
    return connected(createClientPool(nodeAt(ports[0])), isListening);
  },
  'node-redis 5': async (ports, isListening) => {
    const { createClient } = await import('redis-5');
    return connected(createClient(nodeAt(ports[0])), isListening);
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
  'node-redis 6 cluster': async (ports, isListening) => {
    const { createCluster } = await import('redis');
    return connected(createCluster({ rootNodes: ports.map(nodeAt) }), isListening);
  },
  'node-redis 6 cluster that reads from replicas': async (ports, isListening) => {
    const { createCluster } = await import('redis');
    return connected(createCluster({ rootNodes: ports.map(nodeAt), useReplicas: true }), isListening);
  },
  'node-redis 5 cluster': async (ports, isListening) => {
    const { createCluster } = await import('redis-5');
    return connected(createCluster({ rootNodes: ports.map(nodeAt) }), isListening);
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

/** Clients that ask a sentinel for their server, whose name is `sessions`. */
export const SENTINEL_CLIENTS: Clients = {
  'node-redis 6 sentinel': async (ports, isListening) => {
    const { createSentinel } = await import('redis');
    return connected(
      createSentinel({ name: 'sessions', sentinelRootNodes: ports.map(addressAt) }),
      isListening,
    );
  },
  'node-redis 5 sentinel': async (ports, isListening) => {
    const { createSentinel } = await import('redis-5');
    return connected(
      createSentinel({ name: 'sessions', sentinelRootNodes: ports.map(addressAt) }),
      isListening,
    );
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
  isListening = true,
): Promise<OpenClient> {
  client.on('error', () => {});
  const connecting = client.connect();
  if (isListening) await connecting;
  else connecting.catch(() => {});
  return {
    client,
    close() {
      try {
        client.destroy();
      } catch {
        // It was never open.
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
