import { SessionError, type Sessions } from '@coatcheck/core';
import {
  clearOldCookie,
  Migration,
  type OldCookie,
  type RestoredSession,
  sealOnto,
} from '@coatcheck/core/adapter';
import type { Context, Next } from 'koa';
import onHeaders from 'on-headers';
import { KoaView } from './koa-view.ts';

/** Says where koa-session stored the sessions to move. */
export interface KoaSessionOptions<Data> extends OldCookie {
  /** The external `store` of koa-session. */
  readonly store: {
    get(key: string, maxAge: undefined, options: { ctx: Context; rolling: false }): unknown;
    destroy(key: string, options: { ctx: Context }): unknown;
  };
  /** The cookie's name, as the option `key` of koa-session. Default: `koa.sess`. */
  readonly key?: string;
  /** Returns what an old session becomes here: its user and its data. */
  readonly restore: (old: Readonly<Record<string, unknown>>) => RestoredSession<Data>;
  /** Is called for an old session that could not be moved, and stays where it is. Default: nothing happens. */
  readonly onError?: (error: unknown) => void;
}

/**
 * Returns middleware that keeps the users of koa-session signed in. Mount it before `session(sessions)`. The old cookie is accepted once: its session moves here, its
 * record is removed, and its cookie is cleared. Koa checks the cookie's signature with `app.keys`; an unsigned cookie is not accepted.
 *
 * @example
 * ```ts
 * app.use(migrateKoaSession(sessions, { store: oldStore, restore: ({ userId }) => ({ userId: String(userId) }) }));
 * app.use(session(sessions));
 * ```
 *
 * @throws {SessionError} `ERR_CONFIG` if an option is missing
 */
export function migrateKoaSession<Data extends object>(
  sessions: Sessions<Data>,
  { store, key: name = 'koa.sess', restore, onError, ...scope }: KoaSessionOptions<Data>,
): (ctx: Context, next: Next) => Promise<unknown> {
  if (typeof store?.get !== 'function' || typeof store.destroy !== 'function') {
    throw new SessionError(
      'ERR_CONFIG',
      'store must be the external store of koa-session, with get and destroy.',
    );
  }
  if (typeof restore !== 'function') {
    throw new SessionError(
      'ERR_CONFIG',
      'restore must be a function such as (old) => ({ userId: old.user }).',
    );
  }
  const clears = [clearOldCookie(name, scope), clearOldCookie(`${name}.sig`, scope)];
  const migration = new Migration(sessions);
  return async (ctx, next) => {
    const key = ctx.cookies.get(name, { signed: true });
    if (key === undefined || key === '') return next();
    const moved = await migration.move(key, new KoaView(ctx.request), {
      load: async () => {
        const old: unknown = await store.get(key, undefined, { ctx, rolling: false });
        return isAlive(old) ? restore(dataOf(old)) : undefined;
      },
      remove: () => store.destroy(key, { ctx }),
      onError,
    });
    if (moved !== undefined) {
      const { cookie } = ctx.req.headers;
      ctx.req.headers.cookie = cookie === undefined ? moved.cookie : `${cookie}; ${moved.cookie}`;
      onHeaders(ctx.res, () => sealOnto(ctx.res, { seal: () => [...moved.headers, ...clears] }));
    }
    return next();
  };
}

/** Tells whether koa-session would still open a record. */
function isAlive(old: unknown): old is Record<string, unknown> {
  if (typeof old !== 'object' || old === null) return false;
  const expires: unknown = Reflect.get(old, '_expire');
  return typeof expires !== 'number' || expires >= Date.now();
}

/** Leaves out what koa-session itself put into the record. */
function dataOf({ _expire, _maxAge, _session, ...data }: Record<string, unknown>): Record<string, unknown> {
  return data;
}
