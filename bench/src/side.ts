import type { RequestListener } from 'node:http';

/** The same small shop, built in one way: its requests, for sending them in this process or over HTTP. */
export interface Side {
  readonly handler: Handler;
  /** Serves it on a free port of the loopback and gives the port. */
  listen(): Promise<number>;
  /** Removes what has expired and says how many sessions went, where it can. */
  readonly sweep?: (() => Promise<number>) | undefined;
}

/** What handles requests without a socket. */
export type Handler =
  | { readonly kind: 'node'; readonly handle: RequestListener }
  | { readonly kind: 'fetch'; readonly fetch: (request: Request) => Response | Promise<Response> };

/** What a way of building the shop is given. */
export interface SideSetting {
  /** Counts the calls of the named methods of a store, where calls are counted. */
  count(store: object, methods: readonly string[]): void;
  /** The clock, which jumps for the measurement of sweeping. */
  now(): number;
  readonly redisUrl: string;
  readonly postgresUrl: string;
  /** A directory for files, removed at the end. */
  readonly directory: string;
}

/** Builds the shop in one way. */
export type BuildSide = (setting: SideSetting) => Side | Promise<Side>;

/** What a shop does with its visitor's session, in one library's words. Each gives the number of writes that the session has seen. */
export interface SessionUse<Context> {
  read(context: Context): number | Promise<number>;
  write(context: Context): number | Promise<number>;
  /** Signs a visitor in who may have a session already. */
  signIn(context: Context, userId: string): number | Promise<number>;
  /** Ends the session. */
  signOut(context: Context): number | Promise<number>;
}

/** The requests that are measured and counted. */
export const ROUTES = {
  read: { method: 'GET', path: '/read' },
  write: { method: 'POST', path: '/write' },
  /** A write after something else was waited for, such as a price. */
  slowWrite: { method: 'POST', path: '/slow-write' },
  signIn: { method: 'POST', path: '/sign-in' },
  signOut: { method: 'POST', path: '/sign-out' },
} as const;

let lookingUp: Promise<void> | undefined;

/** Waits as a handler does that asks another service before it writes. Those who ask meanwhile share the result, so that all go on at once. */
export function lookUp(): Promise<void> {
  lookingUp ??= new Promise((resolve) => {
    setTimeout(() => {
      lookingUp = undefined;
      resolve();
    }, LOOK_UP_MS);
  });
  return lookingUp;
}

const LOOK_UP_MS = 20;

/** The header that names who signs in: a stand-in for a login form, since parsing one is not what is measured. */
export const USER_HEADER = 'x-user';

/** How long a session lives without being used, the same for every library. */
export const IDLE_MS: number = 30 * 60 * 1000;

/** What cookies are signed or encrypted with. */
export const SECRET = 'a secret of the benchmark, long enough for everyone';
