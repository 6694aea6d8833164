/** Where the sessions of a server are, and through which client it reaches them. */
export type StoreAddress =
  | {
      readonly kind: 'sqlite';
      readonly path: string;
      /** Makes a store that is broken on purpose: a write wins whatever version it expects. */
      readonly ignoresVersions?: boolean | undefined;
    }
  | { readonly kind: 'redis'; readonly port: number; readonly client: 'node-redis' | 'ioredis' }
  | {
      readonly kind: 'cluster';
      /** Each node's own port, and the one through which this server reaches it. */
      readonly nodes: readonly { readonly port: number; readonly through: number }[];
      readonly client: 'node-redis' | 'ioredis';
    }
  | {
      readonly kind: 'postgres';
      readonly port: number;
      readonly user: string;
      readonly database: string;
      readonly client: 'pg' | 'postgres.js';
    };

/** The frameworks of the servers under test. */
export type Framework = 'express' | 'koa' | 'hono';

/** What a server process is started with. */
export interface ServerSpec {
  readonly framework: Framework;
  readonly store: StoreAddress;
  /** How far its clock is ahead, in milliseconds. */
  readonly clock: number;
  readonly renewAfter: number;
  readonly renewalGrace: number;
}

/** What a server is told: to let the file of its SQLite be full or read-only, or to be as usual. */
export interface Order {
  readonly disk: 'full' | 'read-only' | 'usual';
}

/** What a server tells. */
export type Report =
  | { readonly type: 'listening'; readonly port: number }
  | { readonly type: 'obeyed' }
  | { readonly type: 'warning'; readonly code: string };
