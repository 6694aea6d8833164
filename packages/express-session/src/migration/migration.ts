import { check } from '../config/check.ts';
import { checkSecrets } from '../config/secrets.ts';
import { readSigned, type Secret } from '../cookie/request-view.ts';
import { isJsonObject, type JsonObject, toJsonObject } from '../data/json.ts';

/** A store of express-session, such as one of connect-redis, connect-pg-simple, memorystore or better-sqlite3-session-store. */
export interface ExpressSessionStore {
  /** Reads a session. */
  // biome-ignore lint/suspicious/noExplicitAny: stores declare their own types for what they give.
  get(sessionId: string, callback: (error?: any, session?: any) => void): unknown;
  /** Removes a session. */
  // biome-ignore lint/suspicious/noExplicitAny: see above.
  destroy(sessionId: string, callback?: (error?: any) => void): unknown;
}

/** Says where express-session stored the sessions to migrate. */
export interface ExpressSessionOptions {
  /** The `secret` that express-session signed its cookies with. */
  readonly secret: Secret | readonly Secret[];
  /** The store that express-session used. */
  readonly store: ExpressSessionStore;
  /** The cookie's name. Default: the `name` of `session()`. */
  readonly name?: string;
  /** Leaves the records and cookies where they are, so that the app can go back to express-session. Needs another `name` than that of `session()`. Default: false. */
  readonly keep?: boolean;
  /** Is called for a record that could not be moved, which stays in the old store. */
  readonly onError?: (error: unknown) => void;
}

/** A session that express-session stored. */
export interface ForeignSession {
  readonly data: JsonObject;
  /** The lifetime of its cookie, in milliseconds; null: until the browser closes; undefined: not known. */
  readonly maxAge: number | null | undefined;
}

/** Finds and removes the sessions of another library. */
export interface Migration {
  /** The old cookie's name, if it is not that of `session()`. */
  readonly name: string | undefined;
  /** Whether records and cookies stay where they are. */
  readonly keeps: boolean;
  /** Is called for a record that could not be moved or removed. */
  readonly onError: (error: unknown) => void;
  /** Returns the ID that a cookie's value signs; undefined if it signs none. */
  idOf(value: string): string | undefined;
  /** Reads a session. Rejects if the store failed. */
  load(id: string): Promise<ForeignSession | undefined>;
  /** Removes a session. */
  remove(id: string): Promise<void>;
}

/**
 * Makes `migrateFrom` for sessions of express-session: an old cookie is accepted once, and its data and user move into a session here. Then the old record is deleted.
 *
 * @throws SessionError `ERR_CONFIG` if an option is missing or invalid
 * @example
 * ```ts
 * import { RedisStore } from 'connect-redis';
 *
 * session({ secret, store, migrateFrom: expressSession({ secret, store: new RedisStore({ client }) }) });
 * ```
 */
export function expressSession(options: ExpressSessionOptions): Migration {
  const { store, name, keep = false, onError = () => {} } = options;
  const secrets = checkSecrets(options.secret);
  check(secrets.length > 0, 'expressSession secret', undefined, 'the secret that signed the old cookies');
  const isStore = typeof store?.get === 'function' && typeof store.destroy === 'function';
  check(isStore, 'expressSession store', store, 'the store that express-session used, with get and destroy');
  return {
    name,
    keeps: keep,
    onError,
    idOf: (value) => readSigned(value, secrets),
    load: async (id) => read(await called((callback) => store.get(id, callback))),
    remove: async (id) => {
      await called((callback) => store.destroy(id, callback));
    },
  };
}

/** Waits for a callback. A store that returns a promise too, and rejects it, has failed as well. */
function called(call: (callback: (error?: unknown, value?: unknown) => void) => unknown): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const returned = call((error, value) => {
      if (error) reject(error);
      else resolve(value);
    });
    if (returned instanceof Promise) returned.catch(reject);
  });
}

function read(found: unknown): ForeignSession | undefined {
  if (typeof found !== 'object' || found === null) return undefined;
  const cookie: unknown = Reflect.get(found, 'cookie');
  const { expires, originalMaxAge }: { expires?: unknown; originalMaxAge?: unknown } =
    typeof cookie === 'object' && cookie !== null ? cookie : {};
  if (typeof expires === 'string' || expires instanceof Date) {
    if (new Date(expires).valueOf() <= Date.now()) return undefined;
  }
  const data = toJsonObject(found, 'the old session', 0, (key) => key === 'cookie');
  const maxAge = typeof originalMaxAge === 'number' || originalMaxAge === null ? originalMaxAge : undefined;
  return isJsonObject(data) ? { data, maxAge } : undefined;
}
