import type { DeepReadonly } from '../common/json.ts';
import type { RequestView } from '../http/request-view.ts';
import type { OpenOptions, Visit } from './visit.ts';

/** Describes one session of a user, for a page that shows users their own sessions. */
export interface SessionSummary {
  /** The session's ID, for `revoke(userId, id)`. Safe to show to its user and to log. */
  readonly id: string;
  /** The user's ID, as `signIn` was given it. */
  readonly userId: string;
  /** When the session began. */
  readonly createdAt: Date;
  /** When the user signed in. */
  readonly signedInAt: Date;
  /** The last use, at most one touch interval old. */
  readonly lastSeenAt: Date;
  /** When the session ends if it is not used again. */
  readonly expiresAt: Date;
  /** Whether the user signed in with `remember`. */
  readonly remembered: boolean;
  /** Whether the session is bound to a key of the device. */
  readonly bound: boolean;
  /** The client that last signed in or confirmed a token. */
  readonly client: ClientSummary;
}

/** Describes a session as an administrator sees it. */
export interface SessionInspection<Data> {
  /** The session's ID. */
  readonly id: string;
  /** The user who is signed in; undefined for an anonymous session. */
  readonly userId: string | undefined;
  /** When the session began. */
  readonly createdAt: Date;
  /** The last use, exact to one touch interval. */
  readonly lastSeenAt: Date;
  /** When the session ends if it is not used again. */
  readonly expiresAt: Date;
  /** The data, deeply frozen. */
  readonly data: DeepReadonly<Data>;
}

/** Describes a client coarsely, as people recognise their own devices. */
export interface ClientSummary {
  /** The /24 (IPv4) or /56 (IPv6) network, such as `203.0.113.0/24`. */
  readonly network: string | undefined;
  /** The browser's family, such as `Firefox`. */
  readonly browser: string | undefined;
  /** The operating system, such as `Windows`. */
  readonly platform: string | undefined;
}

/** Opens visits for requests, and acts on sessions outside of any request. Made by `createSessions`. */
export interface Sessions<Data> {
  /**
   * Begins one request's use of a session. Nothing is read before `load()`.
   *
   * With `passive`, reading alone writes nothing: it does not extend the deadline, renew or confirm. Use it for polling and prefetching.
   */
  open(request: RequestView, options?: OpenOptions): Visit<Data>;
  /** Returns the visit of a session that these sessions opened for an adapter; undefined for any other value. An adapter that is mounted twice finds the first visit by it. */
  mountedVisit(value: unknown): Visit<unknown> | undefined;
  /**
   * Lists a user's sessions, in the order in which they signed in.
   *
   * @throws `ERR_CONFIG` if `userId` is not a string of 1 to 256 bytes
   * @throws `ERR_STORE_UNAVAILABLE`
   */
  list(userId: string): Promise<SessionSummary[]>;
  /**
   * Ends one session of a user. Resolves to false, and ends nothing, if there is no such session or it is another user's.
   *
   * @example
   * ```ts
   * const { userId } = req.session;
   * if (userId !== undefined) await sessions.revoke(userId, req.body.sessionId);
   * ```
   *
   * @throws the same errors as `list`, and `ERR_SESSION_CONTENTION`
   */
  revoke(userId: string, sessionId: string): Promise<boolean>;
  /**
   * Ends all sessions of a user except the one whose ID is `except`, including those whose sign-in is under way. Resolves to how many it ended.
   *
   * @example
   * ```ts
   * // After a change of password.
   * const { userId, id } = req.session;
   * if (userId !== undefined) await sessions.revokeUser(userId, { except: id });
   * ```
   *
   * @throws the same errors as `list`, and `ERR_SESSION_CONTENTION`
   */
  revokeUser(userId: string, options?: { except?: string | undefined }): Promise<number>;
  /**
   * Reads a session by its ID; undefined if it is not alive. Writes nothing.
   *
   * Danger: an ID is no secret. Call it for administrators, never with an ID that an unauthenticated client sent.
   *
   * @throws `ERR_STORE_UNAVAILABLE`
   */
  inspect(sessionId: string): Promise<SessionInspection<Data> | undefined>;
  /**
   * Ends a session of any user by its ID, and resolves to whether it was alive. `revoke` ends only a session of the given user.
   *
   * Danger: an ID is no secret. Call it for administrators, never with an ID that an unauthenticated client sent.
   *
   * @throws `ERR_STORE_UNAVAILABLE`
   */
  end(sessionId: string): Promise<boolean>;
  /**
   * Ends every session of every user.
   *
   * @throws `ERR_CONFIG` if the store has no `clear`
   * @throws `ERR_STORE_UNAVAILABLE`
   */
  revokeAll(): Promise<void>;
  /**
   * Removes expired records, and resolves to how many; 0 if the store expires them itself. Requests sweep by themselves, so call it only for a store that sees few writes.
   *
   * @throws `ERR_STORE_UNAVAILABLE`
   */
  sweep(): Promise<number>;
  /**
   * Tries the store: writes, reads and deletes one record. Await it before the server listens, so that a wrong password, an old database or a full disk
   * stops the start and not the first request.
   *
   * @throws `ERR_STORE_UNAVAILABLE`; the message says what failed and what to do
   * @throws `ERR_CONFIG` if the store finds a mistake in its setup
   */
  check(): Promise<void>;
}
