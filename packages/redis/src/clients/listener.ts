/** Hears the messages of one channel. */
export interface ChannelListener {
  message(message: string): void;
  /** Hears that the connection broke. Further calls do nothing. */
  lost(cause: unknown): void;
}

/** A connection of its own that listens to one channel. It does not reconnect. */
export interface ListeningConnection {
  /** Resolves once it listens. */
  readonly ready: Promise<void>;
  /** Resolves if the connection is alive. */
  ping(): Promise<unknown>;
  /** Ends the connection, also one that is not open yet. */
  close(): void;
}

/** Which commands a channel needs: those of a cluster's shards, or the plain ones. */
export type ChannelKind = 'plain' | 'sharded';

/** The part of a node-redis client that listening uses. */
interface NodeRedisBase {
  readonly options?: { readonly socket?: object | undefined } | undefined;
  duplicate(overrides: object): NodeRedisListener;
}

interface NodeRedisListener {
  connect(): Promise<unknown>;
  sendCommand(args: string[]): Promise<unknown>;
  subscribe(channel: string, listener: (message: string) => void): Promise<unknown>;
  sSubscribe(channel: string, listener: (message: string) => void): Promise<unknown>;
  on(event: 'error' | 'end', listener: (error?: unknown) => void): unknown;
  destroy(): unknown;
}

/** The part of an ioredis client that listening uses. */
interface IoredisBase {
  duplicate(overrides: object): IoredisListener;
}

interface IoredisListener {
  connect(): Promise<unknown>;
  call(name: string, ...args: string[]): Promise<unknown>;
  subscribe(channel: string): Promise<unknown>;
  ssubscribe(channel: string): Promise<unknown>;
  on(event: string, listener: (...args: unknown[]) => void): unknown;
  disconnect(): void;
}

/** Listens on a copy of a node-redis client, which connects once. */
export function listenByNodeRedis(
  base: unknown,
  kind: ChannelKind,
  channel: string,
  listener: ChannelListener,
): ListeningConnection {
  if (!isNodeRedisBase(base))
    throw new Error('The client of redisStore has no duplicate(), which a subscription needs');
  const own = base.duplicate({ socket: { ...base.options?.socket, reconnectStrategy: false } });
  own.on('error', (error) => listener.lost(error));
  own.on('end', () => listener.lost(new Error('The connection of the subscription was closed')));
  const open = async (): Promise<void> => {
    await own.connect();
    const receive = (message: string): void => listener.message(message);
    await (kind === 'sharded' ? own.sSubscribe(channel, receive) : own.subscribe(channel, receive));
  };
  return {
    ready: open(),
    ping: () => own.sendCommand(['PING']),
    close() {
      try {
        own.destroy();
      } catch {
        // It was never open, or is closed already.
      }
    },
  };
}

/** The part of node-redis' `createSentinel` that listening uses. */
interface SentinelListener {
  subscribe(channel: string, listener: (message: string) => void): Promise<unknown>;
  unsubscribe(channel: string, listener: (message: string) => void): Promise<unknown>;
  on(event: string, listener: (event: unknown) => void): unknown;
  removeListener(event: string, listener: (event: unknown) => void): unknown;
}

/** What a sentinel client emits when a connection breaks or another server becomes the primary. */
const SENTINEL_LOSSES = ['error', 'client-error', 'topology-change'];

/**
 * Listens through node-redis' sentinel client, which has a connection for this and moves it to the primary by itself. That it did is a loss, since messages may
 * have been missed.
 */
export function listenBySentinel(
  client: unknown,
  channel: string,
  listener: ChannelListener,
): ListeningConnection {
  if (!hasMethod<SentinelListener>(client, 'subscribe')) {
    throw new Error('The sentinel client of redisStore has no subscribe()');
  }
  const receive = (message: string): void => listener.message(message);
  const lost = (event: unknown): void =>
    listener.lost(event instanceof Error ? event : new Error('The sentinel client changed its connections'));
  for (const name of SENTINEL_LOSSES) client.on(name, lost);
  return {
    ready: client.subscribe(channel, receive).then(() => {}),
    ping: async () => {},
    close() {
      for (const name of SENTINEL_LOSSES) client.removeListener(name, lost);
      client.unsubscribe(channel, receive).catch(() => {});
    },
  };
}

/** Listens on a copy of an ioredis client, which connects once. */
export function listenByIoredis(
  base: unknown,
  kind: ChannelKind,
  channel: string,
  listener: ChannelListener,
): ListeningConnection {
  if (!hasMethod<IoredisBase>(base, 'duplicate')) {
    throw new Error('The client of redisStore has no duplicate(), which a subscription needs');
  }
  const own = base.duplicate({
    lazyConnect: true,
    retryStrategy: null,
    sentinelRetryStrategy: null,
    autoResubscribe: false,
    maxRetriesPerRequest: null,
    // The store passes the whole name of the channel.
    keyPrefix: '',
  });
  own.on('error', (error) => listener.lost(error));
  own.on('end', () => listener.lost(new Error('The connection of the subscription was closed')));
  own.on(kind === 'sharded' ? 'smessage' : 'message', (_channel, message) =>
    listener.message(String(message)),
  );
  // ioredis 5 emits that another server has the channel, and leaves the call without a response.
  const moved = new Promise<never>((_resolve, reject) => {
    own.on('moved', () => reject(new Error('MOVED to another server')));
  });
  const open = async (): Promise<void> => {
    await own.connect();
    const subscribing = kind === 'sharded' ? own.ssubscribe(channel) : own.subscribe(channel);
    await Promise.race([subscribing, moved]);
  };
  return { ready: open(), ping: () => own.call('ping'), close: () => own.disconnect() };
}

function isNodeRedisBase(base: unknown): base is NodeRedisBase {
  return hasMethod<NodeRedisBase>(base, 'duplicate');
}

function hasMethod<T extends object>(value: unknown, name: keyof T): value is T {
  return typeof value === 'object' && value !== null && typeof Reflect.get(value, name) === 'function';
}
