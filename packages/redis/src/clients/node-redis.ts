import { SessionError } from '@coatcheck/core';
import type {
  NodeRedisClient,
  NodeRedisCluster,
  NodeRedisCommandOptions,
  NodeRedisNode,
  NodeRedisSentinel,
} from './clients.ts';
import type { Deadline } from './deadline.ts';
import { type Command, type Driver, type Listen, readCommand, type Server } from './driver.ts';
import { listenByNodeRedis, listenBySentinel } from './listener.ts';

/**
 * Returns the options of the next command. Without a timeout, node-redis keeps a command until it can be sent, possibly forever. A timer for each
 * command more than halves the client's throughput, so commands get a timeout only while calls are timing out.
 */
function commandOptions(deadline: Deadline): NodeRedisCommandOptions {
  // Longer than the deadline, so that the deadline is missed first: misses are how a failover is detected.
  return { timeout: deadline.missedLately ? 2 * deadline.milliseconds : undefined };
}

/**
 * Returns a function that throws `ERR_CONFIG` while `connect()` was never called: that is a mistake in the app and no outage. It need not be called before
 * the store is created, only before the first request.
 */
function openedOnce(client: { readonly isOpen: boolean }): () => void {
  let wasOpen = false;
  return () => {
    wasOpen ||= client.isOpen;
    if (wasOpen) return;
    throw new SessionError(
      'ERR_CONFIG',
      'The client of redisStore is not connected, and connect() was never called. Write await client.connect() before the first request.',
    );
  };
}

/** Drives a client or a pool. */
export function nodeRedisClient(client: NodeRedisClient, deadline: Deadline): Driver {
  const server = nodeRedisServer(client, deadline);
  const checkOpened = openedOnce(client);
  const send = (command: Command): Promise<unknown> => {
    checkOpened();
    return server.send(command);
  };
  return {
    missingPrefix: keyPrefixOf(client),
    addedPrefix: '',
    isCluster: false,
    send: (_key, command) => send(command),
    read: (key) => send(readCommand(key)),
    sendTogether(_key, commands) {
      checkOpened();
      const pipeline = client.multi();
      for (const command of commands) pipeline.addCommand(command);
      return pipeline.execAsPipeline();
    },
    primaries: async () => [server],
    listeners: async () => [listenOn(await singleOf(client))],
  };
}

/** Drives a client that finds its server through Sentinel. */
export function nodeRedisSentinel(client: NodeRedisSentinel, deadline: Deadline): Driver {
  const checkOpened = openedOnce(client);
  const send = (command: Command): Promise<unknown> => {
    checkOpened();
    return client.sendCommand(false, command, commandOptions(deadline));
  };
  return {
    missingPrefix: keyPrefixOf(client),
    addedPrefix: '',
    isCluster: false,
    send: (_key, command) => send(command),
    read: (key) => send(readCommand(key)),
    sendTogether(_key, commands) {
      checkOpened();
      const pipeline = client.multi();
      for (const command of commands) pipeline.addCommand(false, command);
      return pipeline.execAsPipeline();
    },
    primaries: async () => [{ send }],
    listeners: async () => [(_kind, channel, listener) => listenBySentinel(client, channel, listener)],
  };
}

/** Drives a cluster. Passing `false` for read-only sends each command to a primary, even if the client may use replicas. */
export function nodeRedisCluster(client: NodeRedisCluster, deadline: Deadline): Driver {
  const lookout = new FailoverLookout(client, deadline);
  const checkOpened = openedOnce(client);
  const send = (key: string, command: Command): Promise<unknown> => {
    checkOpened();
    lookout.look(key);
    return client.sendCommand(key, false, command, commandOptions(deadline));
  };
  return {
    missingPrefix: keyPrefixOf(client),
    addedPrefix: '',
    isCluster: true,
    send,
    read: (key) => send(key, readCommand(key)),
    sendTogether(key, commands) {
      checkOpened();
      const pipeline = client.multi(key);
      for (const command of commands) pipeline.addCommand(key, false, command);
      return pipeline.execAsPipeline();
    },
    primaries: () =>
      Promise.all(
        client.masters.map(async (node) => nodeRedisServer(await client.nodeClient(node), deadline)),
      ),
    listeners: () => Promise.all(client.masters.map(async (node) => listenOn(await client.nodeClient(node)))),
  };
}

/**
 * Makes a cluster client notice a failover.
 *
 * node-redis 5 asks for the cluster's layout only when a server redirects it, which a lost primary never does; node-redis 6 also asks
 * after five seconds. So after a call has timed out, one command goes to a randomly chosen server, which most likely redirects it.
 */
class FailoverLookout {
  readonly #client: NodeRedisCluster;
  readonly #deadline: Deadline;
  #missesSeen = 0;
  #isLooking = false;

  constructor(client: NodeRedisCluster, deadline: Deadline) {
    this.#client = client;
    this.#deadline = deadline;
  }

  look(key: string): void {
    const { misses, milliseconds } = this.#deadline;
    if (misses === this.#missesSeen || this.#isLooking) return;
    this.#missesSeen = misses;
    this.#isLooking = true;
    const done = (): void => {
      this.#isLooking = false;
    };
    const looking = this.#client.sendCommand(undefined, false, ['getex', key], { timeout: milliseconds });
    // The client's timeout ends once a command is sent. If this one went to the lost server, the next call must look elsewhere.
    this.#deadline.bound(looking).then(done, done);
  }
}

function nodeRedisServer(client: NodeRedisNode, deadline: Deadline): Server {
  return { send: (command) => client.sendCommand(command, commandOptions(deadline)) };
}

function listenOn(node: unknown): Listen {
  return (kind, channel, listener) => listenByNodeRedis(node, kind, channel, listener);
}

/** Returns a client of a pool, from which a copy can be made; a client as it is. */
async function singleOf(client: object): Promise<unknown> {
  if (!('execute' in client) || typeof client.execute !== 'function') return client;
  return client.execute((single: unknown) => copyable(single));
}

/** Wraps a client, so that a promise does not take it for a promise. */
async function copyable(single: unknown): Promise<unknown> {
  return single;
}

/** Reads the key prefix that node-redis 6 knows, and adds only to commands that it has a method for. */
function keyPrefixOf(client: object): string {
  return '_keyPrefix' in client ? String(client._keyPrefix ?? '') : '';
}
