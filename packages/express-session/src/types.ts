import type { Session as NativeSession } from '@coatcheck/core';
import type { StoredData } from './data/json.ts';
import type { Session } from './request/session-object.ts';
import type { SessionStoreFacade } from './store/session-store.ts';

/** Names the data of the session: `declare module '@coatcheck/express-session' { interface SessionData { views: number } }`. */
// biome-ignore lint/suspicious/noEmptyInterface: apps add to it, which only an interface allows.
export interface SessionData {}

/** What the middleware adds to a request. Use it if another package types `req.session` differently: `(req as unknown as SessionRequest).session`. */
export interface SessionRequest {
  /** The session: a plain object of the app's data with express-session's methods. Undefined once it is destroyed. */
  session: Session & Partial<SessionData>;
  /** The session's ID. Safe to log; it opens nothing. */
  sessionID: string;
  /** What libraries call on express-session's store. */
  sessionStore: Pick<SessionStoreFacade, 'generate' | 'on'> & {
    // biome-ignore lint/suspicious/noExplicitAny: as @types/express-session has it, so that both fit in one program.
    get(sessionId: string, callback: (error: any, session?: any) => void): void;
    // biome-ignore lint/suspicious/noExplicitAny: see above.
    destroy(sessionId: string, callback?: (error?: any) => void): void;
  };
  /** The native session, unless the option `native` names it otherwise. */
  readonly coatcheck: NativeSession<StoredData>;
}

declare global {
  namespace CookieSessionInterfaces {
    // It has members if @types/cookie-session is in the program.
    interface CookieSessionObject {}
  }
  namespace Express {
    // @types/cookie-session declares another `session`. Where both are in one program, SessionRequest names ours.
    interface Request extends OwnRequest {}
  }
}

type OwnRequest = keyof CookieSessionInterfaces.CookieSessionObject extends never
  ? SessionRequest
  : Record<never, never>;
