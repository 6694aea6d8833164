import { SessionError, type Sessions } from '@coatcheck/core';
import {
  clearOldCookie,
  FetchRequestView,
  Migration,
  type OldCookie,
  type OldSessions,
  type RestoredSession,
} from '@coatcheck/core/adapter';
import type { MiddlewareHandler } from 'hono';
import { getCookie } from 'hono/cookie';
import { putOnto } from './put-onto.ts';

/** Says where hono-sessions stored the sessions to move. */
export interface HonoSessionsOptions<Data> extends OldCookie {
  /** The `store` of hono-sessions; not its CookieStore. */
  readonly store: { getSessionById(id: string): unknown; deleteSession(id: string): unknown };
  /**
   * Opens a cookie, and rejects one that was not made with the key: `(value) => decrypt(encryptionKey, value)`, with `decrypt` from hono-sessions.
   *
   * Danger: without an `encryptionKey` hono-sessions sends bare IDs, which nothing verifies. Do not accept those here.
   */
  readonly decrypt: (value: string) => Promise<unknown>;
  /** The cookie's whole name, as `sessionCookieName` of hono-sessions. Default: `session`. */
  readonly cookieName?: string;
  /** Returns what an old session becomes here: its user and its data. */
  readonly restore: (old: Readonly<Record<string, unknown>>) => RestoredSession<Data>;
  /** Is called for an old session that could not be moved, and stays where it is. Default: nothing happens. */
  readonly onError?: (error: unknown) => void;
}

/**
 * Returns middleware that keeps the users of hono-sessions signed in. Mount it before `session(sessions)`, and before what reads the body. The old cookie is
 * accepted once: its session moves here, its record is removed, and its cookie is cleared.
 *
 * @example
 * ```ts
 * import { decrypt } from 'hono-sessions';
 *
 * const opensOld = (value: string) => decrypt(encryptionKey, value);
 * app.use(migrateHonoSessions(sessions, { store: oldStore, decrypt: opensOld, restore: ({ user }) => ({ userId: String(user) }) }));
 * app.use(session(sessions));
 * ```
 *
 * @throws {SessionError} `ERR_CONFIG` if an option is missing
 */
export function migrateHonoSessions<Data extends object>(
  sessions: Sessions<Data>,
  { store, decrypt, cookieName = 'session', restore, onError, ...scope }: HonoSessionsOptions<Data>,
): MiddlewareHandler {
  if (typeof store?.getSessionById !== 'function' || typeof store.deleteSession !== 'function') {
    throw new SessionError(
      'ERR_CONFIG',
      'store must be a store of hono-sessions with getSessionById and deleteSession; a CookieStore keeps no sessions to move.',
    );
  }
  if (typeof decrypt !== 'function' || typeof restore !== 'function') {
    throw new SessionError(
      'ERR_CONFIG',
      'decrypt and restore must be functions such as (value) => decrypt(encryptionKey, value) and (old) => ({ userId: old.user }).',
    );
  }
  const migration = new Migration(sessions);
  const old: OldSessions<Data> = {
    load: async (id) => {
      const data = dataOf(await store.getSessionById(id));
      return data && restore(data);
    },
    remove: (id) => store.deleteSession(id),
    onError,
  };
  return async (c, next) => {
    const value = getCookie(c, cookieName);
    const id: unknown = value === undefined ? undefined : await decrypt(value).catch(() => undefined);
    if (typeof id !== 'string' || id === '') return next();
    const moved = await migration.move(id, new FetchRequestView(c.req.raw, {}), old);
    if (moved === undefined) return next();
    const headers = new Headers(c.req.raw.headers);
    headers.set('cookie', `${headers.get('cookie')}; ${moved.cookie}`);
    c.req.raw = new Request(c.req.raw, { headers });
    try {
      await next();
    } finally {
      putOnto(c, [...moved.headers, clearOldCookie(cookieName, scope)]);
    }
  };
}

/** Reads the values of a record that hono-sessions would still open. */
function dataOf(record: unknown): Record<string, unknown> | undefined {
  if (typeof record !== 'object' || record === null) return undefined;
  const { _data: entries, _expire: expires, _delete: isDeleted } = record as Record<string, unknown>;
  if (isDeleted === true || typeof entries !== 'object' || entries === null) return undefined;
  if (typeof expires === 'string' && new Date(expires).valueOf() <= Date.now()) return undefined;
  const data: Record<string, unknown> = {};
  for (const [key, entry] of Object.entries(entries)) data[key] = entry?.value;
  return data;
}
