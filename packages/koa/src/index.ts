import { type Session, SessionError, type Sessions } from '@coatcheck/core';
import { type AdapterOptions, mountSessions, ParsedRequestView, sealOnto } from '@coatcheck/core/adapter';
import type { ExtendableContext, Next } from 'koa';
import onHeaders from 'on-headers';

export type { Session, SessionEvent, SessionSummary, Sessions, SessionsOptions } from '@coatcheck/core';
export { bearer, cookie, createSessions, form, header, memoryStore, query } from '@coatcheck/core';
export { ipAddress, userAgent } from '@coatcheck/core/client-checks';
export { SessionError };

/** Names the data of each session on a context: `declare module '@coatcheck/koa' { interface Register { session: ShopData } }`. */
// biome-ignore lint/suspicious/noEmptyInterface: apps add to it, which only an interface allows.
export interface Register {}

/** Maps every registered name to its session: what each context has. */
export type RegisteredSessions = { readonly [Name in keyof Register]: Session<Register[Name]> };

declare module 'koa' {
  interface ExtendableContext extends RegisteredSessions {}
}

/** Sets what `session` does with each request. */
export type SessionOptions<Name extends string = string> = AdapterOptions<ExtendableContext, Name>;

/**
 * Makes the middleware that puts `ctx.session` on each context, loaded unless `lazy`, and brings its token to the client with whatever response is sent.
 *
 * A store's failure rejects, as any middleware's. The `form` transport needs a body parser mounted before.
 *
 * Errors: `ERR_CONFIG`, at construction for an option, at a request where its property is taken.
 */
export function session<Name extends string = 'session'>(
  sessions: Sessions<Name extends keyof Register ? Register[Name] : unknown>,
  options: SessionOptions<Name> = {},
): (ctx: ExtendableContext, next: Next) => Promise<unknown> {
  const { lazy, open, attach } = mountSessions<unknown, ExtendableContext>(sessions, options);
  return (ctx, next) => {
    const visit = open(new KoaView(ctx.request), ctx);
    attach(ctx, visit.session);
    onHeaders(ctx.res, () => sealOnto(ctx.res, visit));
    return lazy ? next() : visit.session.load().then(() => next());
  };
}

class KoaView extends ParsedRequestView {
  /** Finds nothing in a target that cannot be parsed: Koa throws for `GET http://[/`. */
  override query(name: string): string | undefined {
    try {
      return super.query(name);
    } catch {
      return undefined;
    }
  }
}

// The rest of the types that an app may name.
export type { DeepReadonly, Duration, Ended, Json, SessionErrorCode, SessionStore } from '@coatcheck/core';
