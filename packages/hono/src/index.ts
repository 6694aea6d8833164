import { type Session, SessionError, type Sessions, type Visit } from '@coatcheck/core';
import { type AdapterOptions, FetchRequestView, mountSessions, taken } from '@coatcheck/core/adapter';
import type { Context, MiddlewareHandler } from 'hono';

export type { Session, SessionEvent, SessionSummary, Sessions, SessionsOptions } from '@coatcheck/core';
export { bearer, cookie, createSessions, form, header, memoryStore, query } from '@coatcheck/core';
export { ipAddress, userAgent } from '@coatcheck/core/client-checks';
export { SessionError };

/** Gives the `Variables` that `session` sets: `new Hono<{ Variables: SessionVariables<ShopData> }>()`. */
export type SessionVariables<Data, Name extends string = 'session'> = {
  readonly [Key in Name]: Session<Data>;
};

/** Sets what `session` does with each request. */
export interface SessionOptions<Name extends string = string> extends AdapterOptions<Context, Name> {
  /** Gives the client's address, which Hono knows nothing of: `(c) => getConnInfo(c).remote.address`, or what your proxy says. Default: none. */
  readonly ip?: (c: Context) => string | undefined;
}

/**
 * Makes the middleware that sets `c.var.session` on each context, loaded unless `lazy`, and brings its token to the client with whatever response is sent.
 *
 * A store's failure reaches `app.onError`. The `form` transport needs a middleware before that awaits `c.req.parseBody()`.
 *
 * Errors: `ERR_CONFIG`, at construction for an option, at a request where the variable is set already.
 */
export function session<Data, Name extends string = 'session'>(
  sessions: Sessions<Data>,
  { ip, ...options }: SessionOptions<Name> = {},
): MiddlewareHandler<{ Variables: SessionVariables<Data, Name> }> {
  const { name, lazy, open } = mountSessions<Data, Context>(sessions, options);
  if (ip !== undefined && typeof ip !== 'function') {
    throw new SessionError(
      'ERR_CONFIG',
      `session option ip must be a function of the context; received ${typeof ip}.`,
    );
  }
  const handler: MiddlewareHandler = async (c, next) => {
    if (c.get(name) !== undefined) throw taken(name);
    const parsed = c.req.bodyCache.formData;
    const form = parsed && (await Promise.resolve(parsed).catch(() => undefined));
    const visit = open(new FetchRequestView(c.req.raw, { form, ip: ip && (() => ip(c)) }), c);
    c.set(name, visit.session);
    if (!lazy) await visit.session.load();
    try {
      await next();
    } finally {
      const headers = visit.seal();
      // A WebSocket's response is the runtime's own and cannot be changed.
      if (headers.length > 0 && c.res.status !== 101) putOnto(c, headers);
    }
  };
  return handler;
}

/** Puts headers on the response. An app may answer many requests with one response, so a token goes onto a copy, which `c.header` makes. */
function putOnto(c: Context, headers: ReturnType<Visit<unknown>['seal']>): void {
  for (const [name, value, how] of headers) {
    if (name === 'vary') addVary(c, value);
    else c.header(name, value, { append: how === 'append' });
  }
}

/** `Vary` holds no secret, so it goes onto the response as it is, unless that cannot be changed, as one that `fetch` gave. */
function addVary(c: Context, value: string): void {
  const { headers } = c.res;
  if (headers.get('vary')?.split(/,\s*/).includes(value)) return;
  try {
    headers.append('vary', value);
  } catch {
    c.header('vary', value, { append: true });
  }
}

// The rest of the types that an app may name.
export type { DeepReadonly, Duration, Ended, Json, SessionErrorCode, SessionStore } from '@coatcheck/core';
