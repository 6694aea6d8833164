import { type DirectResponse, type Session, SessionError, type Sessions } from '@coatcheck/core';
import { type AdapterOptions, mountSessions, sealOnto } from '@coatcheck/core/adapter';
import type { ExtendableContext, Next } from 'koa';
import onHeaders from 'on-headers';
import { KoaView } from './koa-view.ts';

export type {
  Session,
  SessionEvent,
  SessionSummary,
  Sessions,
  SessionsOptions,
  SessionView,
} from '@coatcheck/core';
export { bearer, cookie, createSessions, form, header, memoryStore, query } from '@coatcheck/core';
export { ipAddress, userAgent } from '@coatcheck/core/client-checks';
export { type KoaSessionOptions, migrateKoaSession } from './migrate-koa-session.ts';
export { SessionError };

/**
 * Declares the data type of each session on a context, by its name.
 *
 * @example
 * ```ts
 * declare module '@coatcheck/koa' {
 *   interface Register {
 *     session: { cart: string[] };
 *   }
 * }
 * ```
 */
// biome-ignore lint/suspicious/noEmptyInterface: apps extend it by declaration merging, which needs an interface.
export interface Register {}

/** Maps every registered name to its session. Each context has these properties. */
export type RegisteredSessions = { readonly [Name in keyof Register]: Session<Register[Name]> };

declare module 'koa' {
  interface ExtendableContext extends RegisteredSessions {}
}

/** Options of {@link session}: `lazy`, `passive` and `as`. */
export type SessionOptions<Name extends string = string> = AdapterOptions<ExtendableContext, Name>;

/**
 * Returns middleware that attaches `ctx.session` to each context, loads it unless `lazy` is set, and sends its token with any kind of response.
 *
 * If loading fails, the middleware rejects, so Koa's error handling responds. The `form` transport needs a body parser before this middleware.
 *
 * @example
 * ```ts
 * app.use(session(createSessions({ store: memoryStore(), initial: () => ({ cart: [] as string[] }) })));
 * ```
 *
 * The same `sessions` may be mounted in an app and in its sub-apps.
 *
 * @throws {SessionError} `ERR_CONFIG` if an option is invalid. For a context that already has another property of that name,
 * `ERR_CONFIG` goes to Koa's error handling.
 */
export function session<Name extends string = 'session'>(
  sessions: Sessions<Name extends keyof Register ? Register[Name] : unknown>,
  options: SessionOptions<Name> = {},
): (ctx: ExtendableContext, next: Next) => Promise<unknown> {
  const { name, open, attach, rejoin, admit } = mountSessions<unknown, ExtendableContext>(sessions, options);
  return (ctx, next) => {
    if (name in ctx) return rejoin(Reflect.get(ctx, name), ctx).then(() => next());
    const visit = open(new KoaView(ctx.request), ctx);
    const direct = visit.respond();
    if (direct !== undefined) return direct.then((response) => respond(ctx, response));
    attach(ctx, visit.session);
    onHeaders(ctx.res, () => sealOnto(ctx.res, visit));
    const admission = admit(visit, ctx);
    return admission === undefined ? next() : admission.then(() => next());
  };
}

/** Lets Koa send a response that the core has made. */
function respond(ctx: ExtendableContext, { status, headers, body }: DirectResponse): void {
  ctx.body = body;
  ctx.status = status;
  for (const [name, value] of headers) ctx.set(name, value);
}

// The other types that an app may need to name.
export type { DeepReadonly, Duration, Ended, Json, SessionErrorCode, SessionStore } from '@coatcheck/core';
