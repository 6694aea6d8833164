/** Options of a single node-redis command. */
export interface NodeRedisCommandOptions {
  /** How long the command may wait to be sent, in milliseconds; undefined means forever. */
  readonly timeout?: number | undefined;
}

/** The part of node-redis' `createClient` and `createClientPool` that the store uses. */
export interface NodeRedisClient {
  readonly isOpen: boolean;
  sendCommand(args: string[], options?: NodeRedisCommandOptions): Promise<unknown>;
  multi(): NodeRedisPipeline<[args: string[]]>;
}

/** The part of node-redis' `createCluster` that the store uses. */
export interface NodeRedisCluster {
  readonly isOpen: boolean;
  readonly masters: readonly object[];
  sendCommand(
    firstKey: string | undefined,
    isReadonly: boolean,
    args: string[],
    options?: NodeRedisCommandOptions,
  ): Promise<unknown>;
  multi(
    routing: string,
  ): NodeRedisPipeline<[firstKey: string | undefined, isReadonly: boolean, args: string[]]>;
  nodeClient(node: object): Promise<NodeRedisNode>;
}

/** The part of node-redis' `createSentinel` that the store uses. */
export interface NodeRedisSentinel {
  readonly isOpen: boolean;
  sendCommand(isReadonly: boolean, args: string[], options?: NodeRedisCommandOptions): Promise<unknown>;
  multi(): NodeRedisPipeline<[isReadonly: boolean, args: string[]]>;
  acquire(): Promise<unknown>;
}

/** The part of a cluster node's client that the store uses. */
export interface NodeRedisNode {
  sendCommand(args: string[], options?: NodeRedisCommandOptions): Promise<unknown>;
}

/** Commands that node-redis sends together on one connection. */
export interface NodeRedisPipeline<Command extends unknown[]> {
  addCommand(...command: Command): unknown;
  execAsPipeline(): Promise<readonly unknown[]>;
}

/** The part of ioredis' `Redis` that the store uses. */
export interface IoredisClient {
  readonly status: string;
  readonly options: { readonly keyPrefix?: string | undefined };
  call(...command: [name: string, ...args: string[]]): Promise<unknown>;
  pipeline(commands: unknown[][]): IoredisPipeline;
}

/** The part of ioredis' `Cluster` that the store uses. */
export interface IoredisCluster extends IoredisClient {
  nodes(role: 'master'): readonly Pick<IoredisClient, 'call'>[];
}

/** Commands that ioredis sends together on one connection. */
export interface IoredisPipeline {
  exec(): Promise<[error: Error | null, reply: unknown][] | null>;
}

/** The part of the `Redis` of @upstash/redis that the store uses. It has no connection: each command is one HTTP request. */
export interface UpstashClient {
  exec(command: [name: string, ...args: string[]]): Promise<unknown>;
  createScript(script: string): unknown;
}

/**
 * A connected client that the store supports: node-redis 5 and 6 (client, pool, cluster, sentinel) or ioredis
 * 5 and 6 (client, with or without Sentinel, and cluster).
 */
export type RedisStoreClient =
  | NodeRedisClient
  | NodeRedisCluster
  | NodeRedisSentinel
  | IoredisClient
  | IoredisCluster;
