import type { SessionOptions } from './config/options.ts';
import { SessionCookie } from './cookie/session-cookie.ts';
import { session as makeMiddleware, type SessionMiddleware } from './middleware.ts';
import { Session } from './request/session-object.ts';
import { MemoryStore, Store } from './store/memory-store.ts';

/** Makes the middleware, and has express-session's classes as properties. */
export interface SessionFactory {
  (options?: SessionOptions): SessionMiddleware;
  /** The base class that stores for express-session extend. */
  readonly Store: typeof Store;
  /** The memory store, as `new session.MemoryStore()`. */
  readonly MemoryStore: typeof MemoryStore;
  /** The class of `req.session.cookie`. */
  readonly Cookie: typeof SessionCookie;
  /** The class of `req.session`. */
  readonly Session: typeof Session;
}

/**
 * Makes the middleware, as express-session's `session(options)` does.
 *
 * @throws SessionError `ERR_CONFIG` if an option is unknown, invalid, or contradicts a promise
 */
const session: SessionFactory = Object.assign((options?: SessionOptions) => makeMiddleware(options), {
  Store,
  MemoryStore,
  Cookie: SessionCookie,
  Session,
});
// biome-ignore lint/style/noDefaultExport: express-session has one.
export default session;

export { SessionError } from '@coatcheck/core';
export type { CookieOptions } from './config/cookie-options.ts';
export type { SessionOptions } from './config/options.ts';
export type { CookieAttributes } from './cookie/session-cookie.ts';
export type { SessionMiddleware } from './middleware.ts';
export {
  type ExpressSessionOptions,
  type ExpressSessionStore,
  expressSession,
  type Migration,
} from './migration/migration.ts';
export type { SessionData, SessionRequest } from './types.ts';
export { MemoryStore, Session, SessionCookie as Cookie, Store };
