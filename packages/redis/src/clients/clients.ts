/** Options of one command in node-redis. */
export interface NodeRedisCommandOptions {
  /** How long the command may wait to be sent, in milliseconds; undefined: without end. */
  readonly timeout?: number | undefined;
}

/** What the store calls of node-redis' `createClient` and `createClientPool`. */
export interface NodeRedisClient {
  readonly isOpen: boolean;
  sendCommand(args: string[], options?: NodeRedisCommandOptions): Promise<unknown>;
  multi(): NodeRedisPipeline<[args: string[]]>;
}

/** What the store calls of node-redis' `createCluster`. */
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

/** What the store calls of node-redis' `createSentinel`. */
export interface NodeRedisSentinel {
  readonly isOpen: boolean;
  sendCommand(isReadonly: boolean, args: string[], options?: NodeRedisCommandOptions): Promise<unknown>;
  multi(): NodeRedisPipeline<[isReadonly: boolean, args: string[]]>;
  acquire(): Promise<unknown>;
}

/** What the store calls of the client of one node in a cluster. */
export interface NodeRedisNode {
  sendCommand(args: string[], options?: NodeRedisCommandOptions): Promise<unknown>;
}

/** Commands that node-redis sends together, on one connection. */
export interface NodeRedisPipeline<Command extends unknown[]> {
  addCommand(...command: Command): unknown;
  execAsPipeline(): Promise<readonly unknown[]>;
}

/** What the store calls of ioredis' `Redis`. */
export interface IoredisClient {
  readonly status: string;
  readonly options: { readonly keyPrefix?: string | undefined };
  call(...command: [name: string, ...args: string[]]): Promise<unknown>;
  pipeline(commands: unknown[][]): IoredisPipeline;
}

/** What the store calls of ioredis' `Cluster`. */
export interface IoredisCluster extends IoredisClient {
  nodes(role: 'master'): readonly Pick<IoredisClient, 'call'>[];
}

/** Commands that ioredis sends together, on one connection. */
export interface IoredisPipeline {
  exec(): Promise<[error: Error | null, reply: unknown][] | null>;
}

/**
 * A connected client of one of the kinds that the store works with: node-redis 5 and 6 (client, pool, cluster, sentinel) and ioredis
 * 5 and 6 (client, also through Sentinel, and cluster).
 */
export type RedisStoreClient =
  | NodeRedisClient
  | NodeRedisCluster
  | NodeRedisSentinel
  | IoredisClient
  | IoredisCluster;
