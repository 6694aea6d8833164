import type { Awaitable } from '../common/awaitable.ts';
import { SessionError } from '../common/errors.ts';
import type { RequestView, ResponseHeader } from '../http/request-view.ts';
import type { SignInOptions } from '../session/session-types.ts';
import type { Sessions } from '../session/sessions-types.ts';

/** What an old session becomes here. */
export interface RestoredSession<Data> {
  /** The user who is signed in; left out for an anonymous session. */
  readonly userId?: string | undefined;
  /** Changes the initial data, as `update` does: a function that alters a draft, or properties to set. */
  readonly data?: NonNullable<SignInOptions<Data>['data']> | undefined;
}

/** Finds and removes the sessions of another library by their keys, which the adapter has verified. */
export interface OldSessions<Data> {
  /** Reads an old session; undefined if there is none, or if it has expired. */
  load(key: string): Promise<RestoredSession<Data> | undefined>;
  /** Removes an old session that has moved. */
  remove(key: string): Awaitable<unknown>;
  /** Is called for an old session that could not be moved, or whose record could not be removed. */
  readonly onError?: ((error: unknown) => void) | undefined;
}

/** A session that has moved: the headers of the response, and the cookie as the request would have brought it. */
export interface MovedSession {
  /** The headers that give the client its new token. */
  readonly headers: readonly ResponseHeader[];
  /** The value of a `cookie` request header that opens the session, for the rest of this request. */
  readonly cookie: string;
}

/** How long requests with one old cookie share the session that it became, in milliseconds: as long as parallel requests may be under way. */
const SHARED_FOR = 60_000;
const MAX_SHARED = 10_000;
/** How long a request waits for the one that moves its session, in milliseconds. On Workers that one may have been stopped, as when its client left. */
const PATIENCE = 2_000;
const LATE: unique symbol = Symbol('late');

/**
 * Moves sessions of another library here. Requests of this process that bring one key at once share the session that results.
 *
 * @example
 * ```ts
 * const migration = new Migration(sessions);
 * const moved = await migration.move(oldId, view, { load: readOldSession, remove: removeOldSession });
 * ```
 */
export class Migration<Data extends object> {
  readonly #sessions: Sessions<Data>;
  readonly #now: () => number;
  readonly #moves = new Map<
    string,
    { readonly at: number; readonly moved: Promise<MovedSession | undefined> }
  >();

  constructor(sessions: Sessions<Data>, now: () => number = Date.now) {
    this.#sessions = sessions;
    this.#now = now;
  }

  /**
   * Moves the session of a verified key, unless the request has a session here. Resolves to undefined if nothing was moved. Rejects if a store fails, so that
   * nobody is signed out by it.
   */
  async move(key: string, view: RequestView, old: OldSessions<Data>): Promise<MovedSession | undefined> {
    const visit = this.#sessions.open(view, { passive: true });
    await visit.session.load();
    const { id, ended } = visit.session;
    if (id !== undefined || ended?.reason === 'cross-site') return undefined;
    this.#forget();
    for (let earlier = this.#moves.get(key); earlier !== undefined; ) {
      const moved = await inTime(earlier.moved);
      if (moved !== LATE) return moved;
      const later = this.#moves.get(key);
      earlier = later === earlier ? undefined : later;
    }
    const moved = this.#begin(key, view, old);
    const move = { at: this.#now(), moved };
    // The oldest come first.
    this.#moves.delete(key);
    this.#moves.set(key, move);
    // Only what succeeded is shared with later requests.
    const drop = () => this.#moves.get(key) === move && this.#moves.delete(key);
    moved.then((session) => session === undefined && drop(), drop);
    return moved;
  }

  async #begin(key: string, view: RequestView, old: OldSessions<Data>): Promise<MovedSession | undefined> {
    const restored = await old.load(key);
    if (restored === undefined) return undefined;
    const { userId, data = {} } = restored;
    const visit = this.#sessions.open(view);
    const { session } = visit;
    await session.load();
    try {
      if (userId !== undefined) await session.signIn(userId, { data });
      else if (typeof data === 'function') await session.update((draft: Data) => void data(draft));
      else await session.update(data);
    } catch (error) {
      if (!isOfRecord(error)) throw error;
      old.onError?.(error);
      return undefined;
    }
    // The session is here now. A record that cannot be removed expires by itself, and its cookie is replaced.
    try {
      await old.remove(key);
    } catch (error) {
      old.onError?.(error);
    }
    const headers = visit.seal();
    const line = headers.find(([name]) => name === 'set-cookie')?.[1] ?? '';
    return { headers, cookie: line.split(';', 1)[0] ?? '' };
  }

  #forget(): void {
    const now = this.#now();
    for (const [key, { at }] of this.#moves) {
      if (now - at <= SHARED_FOR && this.#moves.size <= MAX_SHARED) break;
      this.#moves.delete(key);
    }
  }
}

/** Settles as a promise does, or resolves to `LATE` if that takes too long. */
async function inTime<T>(promise: Promise<T>): Promise<T | typeof LATE> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<typeof LATE>((resolve) => {
    timer = setTimeout(() => resolve(LATE), PATIENCE);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Tells whether an error is about the record, and not about a store. */
function isOfRecord(error: unknown): boolean {
  return (
    error instanceof SessionError &&
    (error.code === 'ERR_DATA_INVALID' || error.code === 'ERR_DATA_TOO_LARGE' || error.code === 'ERR_CONFIG')
  );
}

/**
 * Returns the header that clears a cookie of the other library.
 *
 * @example
 * ```ts
 * const [name, value] = clearOldCookie('connect.sid');
 * response.headers.append(name, value);
 * ```
 */
export function clearOldCookie(name: string, { path = '/', domain }: OldCookie = {}): ResponseHeader {
  const scope = domain === undefined ? '' : `; Domain=${domain}`;
  return [
    'set-cookie',
    `${name}=; Path=${path}${scope}; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly`,
    'append',
  ];
}

/** Where the cookie of the other library was set. */
export interface OldCookie {
  /** The cookie's path. Default: `/`. */
  readonly path?: string | undefined;
  /** The cookie's domain. Default: the host that set it. */
  readonly domain?: string | undefined;
}
