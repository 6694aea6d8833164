import type { CookieAttributes, SessionCookie } from '../cookie/session-cookie.ts';
import { cloneJson, type JsonObject } from '../data/json.ts';

/** What a session asks of its request. */
export interface SessionOwner {
  readonly req: object;
  idOf(session: Session): string;
  save(session: Session): Promise<void>;
  regenerate(): Promise<void>;
  destroy(session: Session): Promise<void>;
  reload(session: Session): Promise<void>;
  noteTouch(session: Session): void;
  /** The app has learned that the last call failed. */
  noteReported(): void;
}

/** The cookie as `req.session.cookie`. */
export interface CookieOfSession extends CookieAttributes {
  originalMaxAge: number | null;
}

// biome-ignore lint/suspicious/noExplicitAny: callbacks of apps declare any error type, and @types/express-session has any.
type Callback = (error?: any) => void;

/**
 * The session of a request, as `req.session`: a plain object of the app's data, with `cookie`, and with express-session's methods on its prototype.
 *
 * @example
 * ```ts
 * req.session.views = (req.session.views ?? 0) + 1;
 * ```
 */
export class Session {
  /** The cookie of this session. Its attributes may be changed until the response begins. */
  declare cookie: CookieOfSession;
  readonly #owner: SessionOwner;

  /** Copies the data but for the properties that the session object has itself, such as `cookie`. */
  constructor(owner: SessionOwner, data: JsonObject, cookie: SessionCookie) {
    this.#owner = owner;
    this.cookie = cookie;
    const copy: JsonObject = {};
    for (const [key, value] of Object.entries(data)) if (!(key in this)) copy[key] = cloneJson(value);
    Object.assign(this, copy);
  }

  /** The request. */
  get req(): object {
    return this.#owner.req;
  }

  /** The session's ID. Safe to log; it opens nothing. */
  get id(): string {
    return this.#owner.idOf(this);
  }

  /** Saves what was changed since the load. Without a callback, returns a promise. */
  save(callback?: Callback): this | Promise<void> {
    return settle(this, this.#owner, this.#owner.save(this), callback);
  }

  /** Replaces `req.session` with an empty session of another ID. The earlier token is dead once this resolves. */
  regenerate(callback?: Callback): this | Promise<void> {
    return settle(this, this.#owner, this.#owner.regenerate(), callback);
  }

  /** Ends the session; `req.session` is then undefined. */
  destroy(callback?: Callback): this | Promise<void> {
    return settle(this, this.#owner, this.#owner.destroy(this), callback);
  }

  /** Reads the session again and replaces `req.session`. */
  reload(callback?: Callback): this | Promise<void> {
    return settle(this, this.#owner, this.#owner.reload(this), callback);
  }

  /** Starts the lifetime of the session and its cookie again. */
  touch(): this {
    this.#owner.noteTouch(this);
    return this.resetMaxAge();
  }

  /** Starts the lifetime of the cookie again. */
  resetMaxAge(): this {
    this.cookie.maxAge = this.cookie.originalMaxAge;
    return this;
  }
}

/** Calls back, or returns a promise. An unhandled rejection does not end the process: the end of the request tries a save again, and reports the failure. */
function settle<Own extends Session>(
  session: Own,
  owner: SessionOwner,
  outcome: Promise<void>,
  callback: Callback | undefined,
): Own | Promise<void> {
  if (typeof callback !== 'function') return new WatchedPromise(outcome, () => owner.noteReported());
  outcome.then(
    () => process.nextTick(callback),
    (error: unknown) => {
      owner.noteReported();
      process.nextTick(callback, error);
    },
  );
  return session;
}

/** A promise that tells whether anybody learned of its rejection. */
class WatchedPromise extends Promise<void> {
  readonly #onReported: () => void;
  #isWatched = false;
  #isRejected = false;

  constructor(outcome: Promise<void>, onReported: () => void) {
    super((resolve, reject) => {
      outcome.then(resolve, (error: unknown) => {
        this.#isRejected = true;
        if (this.#isWatched) onReported();
        reject(error);
      });
    });
    this.#onReported = onReported;
    super.then(undefined, () => {});
  }

  /** What `then` returns is an ordinary promise. */
  static override get [Symbol.species](): PromiseConstructor {
    return Promise;
  }

  // biome-ignore lint/suspicious/noThenProperty: it is a promise, and `await` calls this.
  override then<A = void, B = never>(
    // biome-ignore lint/suspicious/noConfusingVoidType: the type of `then` in a Promise<void>.
    onFulfilled?: ((value: void) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    this.#isWatched = true;
    if (this.#isRejected) this.#onReported();
    return super.then(onFulfilled, onRejected);
  }
}
