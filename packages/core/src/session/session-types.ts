import type { Duration } from '../common/duration.ts';
import type { DeepReadonly, Json } from '../common/json.ts';

/**
 * Says why a presented token opens no session.
 *
 * - `idle`, `absolute`: the session passed its idle or absolute timeout.
 * - `finished`: `finish()` ended it.
 * - `retired`: a renewal replaced the token, and its grace is over.
 * - `client`: `onClientChange` refused the client.
 * - `unbound`: the session is bound to a device, and the request lacks the cookie that the device earns, or the proof of its key. Another device has a copy of the token, or the browser could not refresh the cookie in time: the session goes on.
 * - `cross-site`: the request came from a page of another site.
 * - `revoked`: `revoke`, `revokeUser`, `end` or the limit of the user's sessions ended it, for example on another device. Told for a day, for an hour after the limit, and not beyond the session's own deadline.
 * - `unknown`: there is no such session, or the secret is wrong. A session that was destroyed is `unknown` too.
 * - `malformed`, `forged`: the token is not well formed, or none of `secrets` signed it.
 * - `ambiguous`: the request carries several cookies of the name, and they open different sessions.
 * - `unreadable`: the store's record is corrupt, or a later version of this library wrote it.
 */
export type Ended =
  | 'idle'
  | 'absolute'
  | 'finished'
  | 'retired'
  | 'client'
  | 'unbound'
  | 'cross-site'
  | 'revoked'
  | 'unknown'
  | 'malformed'
  | 'forged'
  | 'ambiguous'
  | 'unreadable';

/**
 * Accepts what a change may return, and turns anything else into a string that says why: a promise, since a change runs inside one atomic write and
 * cannot wait, and an object with all properties of the data, since the draft is saved and not what is returned.
 */
export type ChangeResult<R, Data> =
  R extends PromiseLike<unknown>
    ? 'update() cannot wait: await first, then call update() with a synchronous function'
    : R extends readonly unknown[] | ((...args: never) => unknown)
      ? R
      : R extends object
        ? [keyof Data] extends [never]
          ? R
          : [keyof Data] extends [keyof R]
            ? 'update() saves the draft and not the returned object: assign to the draft, and return nothing'
            : R
        : R;

/**
 * Represents one visitor's session within one request.
 *
 * `update`, `signIn`, `renew`, `finish` and `destroy` write at once. When one resolves, the change is durable. When one rejects, nothing was
 * changed; only after `ERR_STORE_UNAVAILABLE` is the outcome unknown. Nothing is saved at the end of a response, so assigning to a
 * property of the session throws a `TypeError`.
 *
 * Every property throws `ERR_SESSION_NOT_LOADED` before `load()` has resolved.
 */
export interface Session<Data> {
  /** Identifies the session; undefined if there is none. Safe to log: an ID alone opens nothing. */
  readonly id: string | undefined;
  /**
   * Holds the data as loaded or as last written here, deeply frozen; the data of `initial()` if there is no session.
   *
   * @throws `ERR_DATA_INVALID` if the stored data does not fit the schema
   */
  readonly data: DeepReadonly<Data>;
  /** Names the user who is signed in; undefined if there is none. */
  readonly userId: string | undefined;
  /** Tells when the session was granted. */
  readonly createdAt: Date | undefined;
  /** Tells when the user last signed in. */
  readonly signedInAt: Date | undefined;
  /** Tells when the session ends unless it is used before then. Its end may come one touch interval early (a tenth of `idleTimeout`, at most a minute). */
  readonly expiresAt: Date | undefined;
  /** Says why the presented token opens no session, with the receipt of a finished one; undefined if the request carries no token or the token is good. */
  readonly ended: { readonly reason: Ended; readonly receipt?: Json } | undefined;
  /** Lists the client checks whose value differs from the session's earlier ones. Empty unless `clientChecks` are set. */
  readonly clientChanges: readonly string[];

  /**
   * Returns the properties of the session as they are now, in a plain frozen object, for a template or a serializer. It has neither calls nor a token.
   *
   * @example
   * ```ts
   * app.use((req, res, next) => {
   *   res.locals.session = req.session.view();
   *   next();
   * });
   * ```
   *
   * Danger: it contains the data. Pass it to a page of the same visitor, and never to a log.
   *
   * @throws `ERR_DATA_INVALID` if the stored data does not fit the schema
   */
  view(): SessionView<Data>;

  /**
   * Reads the session again, for a request that lasts long, such as a stream or a socket, and resolves to whether there is a session. `data` and the other
   * properties are then those of the record. Writes nothing and sends no token, so it may be called after the response has begun, and does not count as a use.
   *
   * If the session has ended meanwhile, or another request replaced its secret by a sign-in or `renew()`, this request has no session from then on, and `ended` says why.
   * A timed renewal ends nothing.
   *
   * @example
   * ```ts
   * if (!(await req.session.reload())) socket.close();
   * ```
   *
   * @throws `ERR_STORE_UNAVAILABLE`; the session is then as it was
   */
  reload(): Promise<boolean>;

  /**
   * Loads the session. Adapters call it before your handlers unless they are `lazy`. Later calls return the first call's outcome.
   *
   * @throws `ERR_STORE_UNAVAILABLE`
   */
  load(): Promise<Session<Data>>;

  /**
   * Changes the data in one atomic read-modify-write, and resolves to what `change` returned. Grants a session if there is none.
   *
   * `change` receives a draft and alters it in place. It must be synchronous and have no other effect: it runs again if another
   * writer was faster. An error that it throws is rethrown, and nothing is written. The draft is saved, and not what `change` returns.
   *
   * @example
   * ```ts
   * const count = await req.session.update((data) => data.cart.push('coat'));
   * ```
   *
   * @throws `ERR_SESSION_ENDED` if the session ended during the request
   * @throws `ERR_RESPONSE_SEALED` if the response began before a session could be granted
   * @throws `ERR_DATA_INVALID` if the data is not JSON or does not fit the schema
   * @throws `ERR_DATA_TOO_LARGE` if the data exceeds `maxDataBytes`
   * @throws `ERR_CROSS_SITE` if the request came from another site
   * @throws `ERR_SESSION_CONTENTION` if other writers were faster at every attempt
   * @throws `ERR_STORE_UNAVAILABLE`
   */
  update<R>(change: (data: Data) => ChangeResult<R, Data>): Promise<R>;
  /**
   * Sets the given properties in one atomic write, and leaves the others alone. A property that is `undefined` is removed.
   *
   * @example
   * ```ts
   * await req.session.update({ note: 'ring twice' });
   * ```
   *
   * @throws the same errors as `update(change)`
   */
  update(patch: Partial<Data>): Promise<void>;

  /**
   * Signs a user in. Draws a new secret, so the old token is dead at once (session fixation; OWASP ASVS 7.2.4), and restarts both timeouts.
   *
   * A session that is anonymous or this user's keeps its ID and data. Another user's session is ended, and a new one begins from `initial()`.
   *
   * Danger: this call does not check credentials. Authenticate the user first.
   *
   * @example
   * ```ts
   * const user = await verifyPassword(email, password);
   * if (user !== undefined) await req.session.signIn(user.id, { remember: true });
   * ```
   *
   * @throws the same errors as `update(change)`, and:
   * @throws `ERR_CONFIG` if `userId` is not a string of 1 to 256 bytes, or an option is unknown or invalid
   * @throws `ERR_USER_LIMIT` if the user has `perUser.max` sessions and `onExceed` is `refuse`
   * @throws `ERR_SIGN_IN_REVOKED` if `revokeUser` ran during the sign-in
   */
  signIn(userId: string, options?: SignInOptions<Data>): Promise<void>;

  /**
   * Tells whether the user signed in at most `maxAge` ago. Ask it before an operation that needs a recent sign-in.
   *
   * @example
   * ```ts
   * if (!req.session.isFresh('10m')) return res.redirect('/sign-in');
   * ```
   *
   * @throws `ERR_CONFIG` if `maxAge` is not a duration
   */
  isFresh(maxAge: Duration): boolean;

  /**
   * Tells whether the session is bound to a key of the visitor's device, so that a copy of its cookies or its token is worth nothing elsewhere. Ask it before an operation that needs
   * that. It becomes true with the first request after the sign-in, in browsers that have such keys, and is always true with `dpop()`. Otherwise false without the option `deviceBinding`.
   *
   * @example
   * ```ts
   * if (!req.session.isBound()) return res.status(403).send('Use a browser that supports device-bound sessions');
   * ```
   */
  isBound(): boolean;

  /**
   * Draws a new secret for the same session; the old token is dead at once. Call it when the session gains privileges.
   *
   * @throws `ERR_SESSION_ENDED`, also if there is no session
   * @throws `ERR_RESPONSE_SEALED`, `ERR_CROSS_SITE`, `ERR_SESSION_CONTENTION`, `ERR_STORE_UNAVAILABLE`
   */
  renew(): Promise<void>;

  /**
   * Ends the session because its goal is met. Resolves to true for exactly one caller, and to false for every other, also for a request that was handed the
   * successor of a finished session: it finishes nothing.
   *
   * `receipt` is a JSON value, or a function that computes it from the version of the data that is finished. The receipt stays in the record
   * until the absolute deadline, at least a day: a repeated request of the same visitor finds it in `ended.receipt`.
   * `keepUser` starts an empty session for the same user in the same response; default false.
   *
   * Danger: after an asynchronous failover of the store a session can be finished twice. Give the order a unique key on the session's ID.
   *
   * @example
   * ```ts
   * const orderId = crypto.randomUUID();
   * const isFirst = await req.session.finish((data) => ({ orderId, items: data.cart.length }), { keepUser: true });
   * if (isFirst) await sendConfirmation(orderId);
   * ```
   *
   * @throws `ERR_DATA_INVALID`, `ERR_DATA_TOO_LARGE` for the receipt
   * @throws `ERR_RESPONSE_SEALED`, `ERR_CROSS_SITE`, `ERR_SESSION_CONTENTION`, `ERR_STORE_UNAVAILABLE`
   */
  finish(
    receipt?: Json | ((data: DeepReadonly<Data>) => Json),
    options?: { keepUser?: boolean },
  ): Promise<boolean>;

  /**
   * Ends the session, whatever token it has by now: a concurrent sign-in or `renew()` does not keep it alive. Clears its cookie. If the response has begun, or
   * another request has already ended the session, the cookie stays. It opens nothing, and the next response of this process to it clears it. If the session was
   * revoked, only clears its cookie. Does nothing if there is no session.
   *
   * @throws `ERR_CROSS_SITE`, `ERR_SESSION_CONTENTION`, `ERR_STORE_UNAVAILABLE`
   */
  destroy(): Promise<void>;

  /**
   * Calls `onEnd` once, as soon as the token of this request no longer opens the session, whichever process ended it. Returns a function that stops
   * watching. For a socket or an event stream that must close with its session. Needs the option `broadcast`.
   *
   * Call it after `load()`, and after a `signIn` or `renew` of the same request. It does not count as a use. A session that expires ends at most 30 s after its
   * deadline. If the store's subscription is lost, the warning `subscription-lost` says so, and on its return every watched session is read again.
   *
   * `onEnd` must not throw; an error is ignored.
   *
   * @example
   * ```ts
   * const stop = req.session.watch(() => socket.close(4401));
   * socket.on('close', stop);
   * ```
   *
   * Danger: a message can be lost, if a process is killed between a sign-out and its message. Then `onEnd` is called when the deadline passes that was known last, or
   * when the subscription is made anew. Writes on the socket are safe in the meantime: they reject with `ERR_SESSION_ENDED`.
   *
   * @throws `ERR_CONFIG` without the option `broadcast`
   * @throws `ERR_SESSION_ENDED` if there is no session
   */
  watch(onEnd: (end: WatchEnd) => void): () => void;

  /**
   * Returns the token that the client must present next, for links, forms and API responses. Undefined if the token travels in a
   * cookie, and if there is no session.
   *
   * Danger: the token is the session. Never log it, and never cache a page that contains it.
   */
  revealToken(): string | undefined;
}

/** Holds what a session was when `view()` was called. */
export type SessionView<Data> = Pick<
  Session<Data>,
  'id' | 'data' | 'userId' | 'createdAt' | 'signedInAt' | 'expiresAt' | 'ended' | 'clientChanges'
>;

/** Says why a watched session's token opens it no more: `ended`, or `replaced` by `signIn` or `renew`, after which the client has another token. */
export type WatchEnd = 'ended' | 'replaced';

/** Sets how `signIn` signs a user in. */
export interface SignInOptions<Data> {
  /** Keeps the user signed in when the browser restarts, with the timeouts of `remember`. Default: false. */
  readonly remember?: boolean;
  /**
   * Ends this session this long after its last use, for an admin or a kiosk; `false`: no idle timeout. The record keeps it. Default: `idleTimeout` of the
   * options, or that of `remember`.
   */
  readonly idleTimeout?: Duration | false;
  /** Ends this session this long after this sign-in, at most 400 days; `false`: after 400 days. Default: `absoluteTimeout` of the options, or that of `remember`. */
  readonly absoluteTimeout?: Duration | false;
  /** Offers to bind the session to a key of the device; needs `deviceBinding`. Default: as its option `signIns` says. A session that is bound stays so. */
  readonly bind?: boolean;
  /** Changes the data in the write that signs in, as `update` does: a function that alters a draft, or properties to set. Default: the data stays. */
  readonly data?: ((data: Data) => void) | Partial<Data>;
}
