/** `ignores-versions`: a write wins whatever version it expects. `loses-results`: some writes happen, and then fail. */
export type StoreFault = 'ignores-versions' | 'loses-results';

/** Where the sessions of a server are, and through which client it reaches them. */
export type StoreAddress =
  | {
      readonly kind: 'sqlite';
      readonly path: string;
      /** Makes a store that is broken on purpose. */
      readonly fault?: StoreFault | undefined;
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
  /** Whether the disk of its SQLite file gets into trouble by orders. */
  readonly hasOrders?: boolean | undefined;
  /** Whether it measures itself. Then it also counts unhandled rejections, where it would end otherwise. */
  readonly isMeasured?: boolean | undefined;
  /** Breaks it on purpose: so many bytes of each request are never released. */
  readonly leaks?: number | undefined;
  /** Breaks the library on purpose. */
  readonly plants?: readonly Plant[] | undefined;
}

/** A change of a source of the library, by its path in the repository. */
export interface Plant {
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

/** What a server is told: to let the file of its SQLite be full or read-only, or to be as usual. */
export interface Order {
  readonly disk: 'full' | 'read-only' | 'usual';
}

/** A server that measures itself is asked for a reading, or told to forget how its start went. */
export type Question = 'measure' | 'restart-measuring';

/** What a server tells. */
export type Report =
  | { readonly type: 'listening'; readonly port: number }
  | { readonly type: 'obeyed' }
  | { readonly type: 'measured'; readonly reading: Reading }
  | { readonly type: 'warning'; readonly code: string };

/** What a server measured of itself since the reading before. Times are in milliseconds, sizes in bytes. */
export interface Reading {
  /** What is in use after a garbage collection. */
  readonly heap: number;
  readonly rss: number;
  /** How much later than due a timer ran: of 99 in 100, and the latest of all. */
  readonly delayP99: number;
  readonly delayMax: number;
  /** The same p99 since the server started to be measured. */
  readonly delayP99OfAll: number;
  /** Unhandled rejections, with the message of the first one. */
  readonly rejections: number;
  readonly rejection?: string | undefined;
}
