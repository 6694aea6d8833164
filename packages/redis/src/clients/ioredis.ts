import type { IoredisClient, IoredisCluster } from './clients.ts';
import { type Command, type Driver, type Listen, readCommand, type Server } from './driver.ts';
import { listenByIoredis } from './listener.ts';

/** Drives a client, with or without Sentinel. */
export function ioredisClient(client: IoredisClient): Driver {
  const server = ioredisServer(client);
  return {
    ...driver(client),
    isCluster: false,
    primaries: async () => [server],
    listeners: async () => [listenOn(client)],
  };
}

/** Drives a cluster. */
export function ioredisCluster(client: IoredisCluster): Driver {
  return {
    ...driver(client),
    isCluster: true,
    primaries: async () => client.nodes('master').map(ioredisServer),
    listeners: async () => client.nodes('master').map(listenOn),
  };
}

function driver(client: IoredisClient): Omit<Driver, 'isCluster' | 'primaries' | 'listeners'> {
  const server = ioredisServer(client);
  return {
    missingPrefix: '',
    addedPrefix: String(client.options.keyPrefix ?? ''),
    send: (_key, command) => server.send(command),
    read: (key) => server.send(readCommand(key)),
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

function listenOn(node: object): Listen {
  return (kind, channel, listener) => listenByIoredis(node, kind, channel, listener);
}
