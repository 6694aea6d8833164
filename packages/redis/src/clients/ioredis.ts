import type { IoredisClient, IoredisCluster } from './clients.ts';
import type { Command, Driver, Server } from './driver.ts';

/** Drives a client, with or without Sentinel. */
export function ioredisClient(client: IoredisClient): Driver {
  const server = ioredisServer(client);
  return { ...driver(client), isCluster: false, primaries: async () => [server] };
}

/** Drives a cluster. */
export function ioredisCluster(client: IoredisCluster): Driver {
  return {
    ...driver(client),
    isCluster: true,
    primaries: async () => client.nodes('master').map(ioredisServer),
  };
}

function driver(client: IoredisClient): Omit<Driver, 'isCluster' | 'primaries'> {
  const server = ioredisServer(client);
  return {
    missingPrefix: '',
    addedPrefix: String(client.options.keyPrefix ?? ''),
    send: (_key, command) => server.send(command),
    async sendTogether(_key, commands) {
      const replies = (await client.pipeline([...commands]).exec()) ?? [];
      return replies.map(([error, reply]) => {
        if (error !== null) throw error;
        return reply;
      });
    },
  };
}

function ioredisServer(client: Pick<IoredisClient, 'call'>): Server {
  return { send: ([name = '', ...args]: Command) => client.call(name, ...args) };
}
