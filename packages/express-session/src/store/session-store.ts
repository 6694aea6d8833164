import { EventEmitter } from 'node:events';
import type { Sessions } from '@coatcheck/core';
import { restoreCookie, type SessionCookie } from '../cookie/session-cookie.ts';
import type { StoredData } from '../data/json.ts';

type Callback<Value = void> = (error: unknown, value?: Value) => void;

/** What `get` of the store gives: the data of a session, and its cookie. */
export interface StoredSession {
  cookie: SessionCookie;
  [key: string]: unknown;
}

/** Lets libraries reach sessions by their ID, as `req.sessionStore`. Danger: an ID is no secret; never act on one that an unauthenticated client sent. */
export class SessionStoreFacade extends EventEmitter {
  readonly #sessions: Sessions<StoredData>;
  readonly #newCookie: () => SessionCookie;
  readonly #generate: (req: object) => void;

  constructor(
    sessions: Sessions<StoredData>,
    newCookie: () => SessionCookie,
    generate: (req: object) => void,
  ) {
    super();
    this.#sessions = sessions;
    this.#newCookie = newCookie;
    this.#generate = generate;
  }

  /** Reads a session; null if it is not alive. */
  get(sessionId: string, callback: Callback<StoredSession | null>): void {
    callBack(callback, async () => {
      const found = await this.#sessions.inspect(sessionId);
      if (found === undefined) return null;
      const { cookie: overrides, ...data } = structuredClone(found.data);
      const cookie = restoreCookie(this.#newCookie(), overrides);
      const { originalMaxAge } = cookie;
      if (originalMaxAge !== null) {
        cookie.expires = found.expiresAt;
        cookie.originalMaxAge = originalMaxAge;
      }
      return { ...data, cookie };
    });
  }

  /** Ends a session. Its token is dead once this calls back. */
  destroy(sessionId: string, callback?: Callback): void {
    callBack(callback, async () => {
      await this.#sessions.end(sessionId);
    });
  }

  /** Changes nothing: a session's deadline moves with its use. */
  touch(_sessionId: string, _session: unknown, callback?: Callback): void {
    callBack(callback, async () => {});
  }

  /** Fails: a whole session written by its ID would overwrite what other requests changed. */
  set(_sessionId: string, _session: unknown, callback?: Callback): void {
    callBack(callback, () =>
      Promise.reject(
        new Error('sessionStore.set() is not supported. Change req.session and call req.session.save().'),
      ),
    );
  }

  /** Replaces `req.session` with an empty session of another ID. */
  generate(req: object): void {
    this.#generate(req);
  }
}

function callBack<Value>(callback: Callback<Value> | undefined, call: () => Promise<Value>): void {
  call().then(
    (value) => process.nextTick(() => callback?.(null, value)),
    (error: unknown) => process.nextTick(() => callback?.(error)),
  );
}
