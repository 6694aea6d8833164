import type { Duration } from '../common/duration.ts';
import type { DeepReadonly, Json } from '../common/json.ts';
import type { RequestView, ResponseHeader } from '../http/request-view.ts';

/** Says why a presented token opens nothing. */
export type Ended =
  | 'idle'
  | 'absolute'
  | 'finished'
  | 'retired'
  | 'client'
  | 'cross-site'
  | 'unknown'
  | 'malformed'
  | 'forged'
  | 'ambiguous'
  | 'unreadable';

/** Refuses a promise as the result of a change: a change runs inside one atomic write and cannot wait. */
export type SyncResult<R> = R extends PromiseLike<unknown> ? never : R;

/**
 * Represents one visitor's session within one request.
 *
 * An awaited write is durable, and nothing else is: when `update`, `signIn`, `renew`, `finish` or `destroy` resolves it has
 * happened, and when it rejects it has not (`ERR_STORE_UNAVAILABLE` alone means that the outcome is unknown). Nothing is saved at the end of
 * a response, so an assignment to a property of the session throws.
 */
export interface Session<Data> {
  /** The session's ID, undefined while there is no session. Safe to log; opens nothing. */
  readonly id: string | undefined;
  /** The data as loaded or as last written here, deeply frozen; what `initial()` gives where there is no session. `ERR_SESSION_NOT_LOADED` before `load()`. */
  readonly data: DeepReadonly<Data>;
  /** The user who is signed in. */
  readonly userId: string | undefined;
  /** When the session was granted. */
  readonly createdAt: Date | undefined;
  /** When the user last signed in. */
  readonly signedInAt: Date | undefined;
  /** When the session ends unless it is used before, at most one touch interval early. */
  readonly expiresAt: Date | undefined;
  /** Why the presented token opens nothing, with the receipt where the session was finished. */
  readonly ended: { readonly reason: Ended; readonly receipt?: Json } | undefined;
  /** The names of the client checks that differ from what the session remembers. */
  readonly clientChanges: readonly string[];

  /** Loads the session; adapters call it unless they are lazy. A second call gives the first one's outcome. */
  load(): Promise<Session<Data>>;

  /**
   * Changes the data in one atomic read-modify-write and resolves to what `change` returned.
   *
   * `change` gets a draft to alter in place. It must be synchronous and may run again where another writer came between, so
   * it should do nothing else. Grants a session where there is none.
   *
   * Errors: `ERR_SESSION_ENDED`, `ERR_RESPONSE_SEALED` (a grant only), `ERR_DATA_INVALID`, `ERR_DATA_TOO_LARGE`,
   * `ERR_SESSION_CONTENTION`, `ERR_CROSS_SITE`, `ERR_STORE_UNAVAILABLE`; what `change` throws is thrown on, and nothing is written.
   */
  update<R>(change: (data: Data) => SyncResult<R>): Promise<R>;
  /** Sets the given properties, in one atomic step. */
  update(patch: Partial<Data>): Promise<void>;

  /**
   * Signs a user in: draws a new secret, so that the old token is dead at once (session fixation; OWASP ASVS 7.2.4), and starts the timeouts again.
   *
   * Keeps the ID and the data of an anonymous session and of the same user's. For another user the old session is ended, and a new one begins
   * from `initial()`. Authenticate first: this call believes what it is told.
   *
   * Errors besides those of `update`: `ERR_USER_LIMIT`, `ERR_SIGN_IN_REVOKED`.
   */
  signIn(userId: string, options?: { remember?: boolean }): Promise<void>;

  /** Tells whether the user signed in at most `maxAge` ago: ask before an operation that deserves a new sign-in. */
  isFresh(maxAge: Duration): boolean;

  /** Draws a new secret for the same session; the old token is dead at once. Call it when what the session may do grows. */
  renew(): Promise<void>;

  /**
   * Ends the session because its goal is met, and resolves true for the one caller that did it.
   *
   * The receipt, computed on the very version that is finished, stays in the record: after a crash the same visitor finds it in `ended.receipt`.
   * `keepUser` starts an empty session for the same user in the same response.
   *
   * Danger: after an asynchronous failover of the store the same session can be finished again. Give an order a unique key on the session's ID.
   */
  finish(
    receipt?: Json | ((data: DeepReadonly<Data>) => Json),
    options?: { keepUser?: boolean },
  ): Promise<boolean>;

  /** Ends the session and clears its cookie. */
  destroy(): Promise<void>;

  /**
   * Returns the token that the client should present next, for links, forms and API answers; undefined where the transport is a
   * cookie and where there is no session.
   *
   * Danger: whoever has it is the visitor. Never log it, never cache a page that holds it.
   */
  revealToken(): string | undefined;
}

/** Represents one request's use of a session. */
export interface Visit<Data> {
  /** The session as the app sees it. */
  readonly session: Session<Data>;
  /** Returns the headers that the response needs, once: a second call gives none. Afterwards no token can go out. */
  seal(): readonly ResponseHeader[];
}

/** Describes one session of a user, for its owner's eyes. */
export interface SessionSummary {
  readonly id: string;
  readonly userId: string;
  readonly createdAt: Date;
  readonly signedInAt: Date;
  /** The last use, exact to one touch interval. */
  readonly lastSeenAt: Date;
  readonly expiresAt: Date;
  /** Whether it was opened with `remember`. */
  readonly remembered: boolean;
  /** The coarse look of the client that last signed in or confirmed a token. */
  readonly client: ClientSummary;
}

/** A coarse look at a client: what people recognise their own devices by. */
export interface ClientSummary {
  /** The /24 (IPv4) or /56 (IPv6) network, such as `203.0.113.0/24`. */
  readonly network: string | undefined;
  /** The browser's family, such as `Firefox`. */
  readonly browser: string | undefined;
  /** The operating system, such as `Windows`. */
  readonly platform: string | undefined;
}

/** Opens visits, and acts on sessions from outside a request. */
export interface Sessions<Data> {
  /**
   * Begins one request's use of a session. No I/O happens until `load()`.
   *
   * `passive` writes nothing for the mere look: no touch, no renewal, no confirmation. For polling and prefetching.
   */
  open(request: RequestView, options?: { passive?: boolean }): Visit<Data>;
  /** Lists the living sessions of a user, in the order in which they signed in. */
  list(userId: string): Promise<SessionSummary[]>;
  /** Ends one session of a user; false, and nothing ended, where it is another user's or not there. */
  revoke(userId: string, sessionId: string): Promise<boolean>;
  /** Ends all sessions of a user but `except`, also those whose sign-in is under way, and resolves to how many were ended. */
  revokeUser(userId: string, options?: { except?: string }): Promise<number>;
  /** Ends every session of everybody. `ERR_CONFIG` where the store cannot clear. */
  revokeAll(): Promise<void>;
  /** Removes expired records and resolves to how many; 0 where the store expires by itself. */
  sweep(): Promise<number>;
}
