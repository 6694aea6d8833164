import { type Session, SessionError, type Sessions, type Visit } from '@coatcheck/core';
import { type AdapterOptions, FetchRequestView, mountSessions } from '@coatcheck/core/adapter';
import type { Context, MiddlewareHandler } from 'hono';

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
export { SessionError };

/**
 * The `Variables` that {@link session} sets, for an app or a router whose routes are not chained to it.
 *
 * @example
 * ```ts
 * const app = new Hono<{ Variables: SessionVariables<ShopData> }>();
 * ```
 */
export type SessionVariables<Data, Name extends string = 'session'> = {
  readonly [Key in Name]: Session<Data>;
};

/** Options of {@link session}: `lazy`, `passive`, `as` and `ip`. */
export interface SessionOptions<Name extends string = string> extends AdapterOptions<Context, Name> {
  /**
   * Returns the client's address, which Hono does not know: `(c) => getConnInfo(c).remote.address`, or the address that your proxy reports.
   *
   * Default: none, so the address is undefined.
   */
  readonly ip?: (c: Context) => string | undefined;
}

/**
 * Returns middleware that sets `c.var.session` on each context, loads it unless `lazy` is set, and sends its token with any kind of response.
 *
 * If loading fails, the error goes to `app.onError`. The same `sessions` may be mounted in an app and in its sub-apps. During a WebSocket upgrade a call that
 * needs a token rejects with `ERR_RESPONSE_SEALED`. The `form` transport needs middleware before this one that awaits `c.req.parseBody()`.
 *
 * @example
 * ```ts
 * app.use(session(createSessions({ store: memoryStore() }), { ip: (c) => getConnInfo(c).remote.address }));
 * ```
 *
 * @throws {SessionError} `ERR_CONFIG` if an option is invalid. For a context on which the variable is already set to anything else,
 * `ERR_CONFIG` goes to `app.onError`.
 */
export function session<Data, Name extends string = 'session'>(
  sessions: Sessions<Data>,
  { ip, ...options }: SessionOptions<Name> = {},
): MiddlewareHandler<{ Variables: SessionVariables<Data, Name> }> {
  const { name, open, rejoin, admit } = mountSessions<Data, Context>(sessions, options);
  if (ip !== undefined && typeof ip !== 'function') {
    throw new SessionError(
      'ERR_CONFIG',
      `session option ip must be a function such as (c) => getConnInfo(c).remote.address; received ${ip === null ? 'null' : typeof ip}.`,
    );
  }
  const handler: MiddlewareHandler = async (c, next) => {
    const present: unknown = c.get(name);
    if (present !== undefined) {
      await rejoin(present, c);
      return next();
    }
    const parsed = c.req.bodyCache.formData;
    const form = parsed && (await Promise.resolve(parsed).catch(() => undefined));
    const view = new FetchRequestView(c.req.raw, { form, ip: ip && (() => ip(c)) });
    const visit = open(view, c, (headers) => putOnEach(c, headers));
    c.set(name, visit.session);
    // The runtime creates the response that opens a WebSocket, so no token can go out.
    if (c.req.raw.headers.get('upgrade')?.toLowerCase() === 'websocket') visit.seal();
    try {
      await admit(visit, c);
      await next();
    } finally {
      const headers = visit.seal((header) => c.res.headers.get(header) ?? undefined);
      if (headers.length > 0 && c.res.status !== 101) putOnto(c, headers);
    }
  };
  return handler;
}

/** Adds headers to the response. An app may return one response object for many requests, so a token is added to a copy, which `c.header` makes. */
function putOnto(c: Context, headers: ReturnType<Visit<unknown>['seal']>): void {
  for (const [name, value, how] of headers) {
    if (name === 'vary') addVary(c, value);
    else if (how === 'delete') c.header(name, undefined);
    else c.header(name, value, { append: how === 'append' });
  }
}

/**
 * Adds `Vary` to each response of a context as soon as it is set, because the middleware between `session()` and the handler may store it. Hono merges what
 * `c.header()` has set only into the responses that `c.text()` and its like create, so the property is replaced.
 */
function putOnEach(c: Context, headers: ReturnType<Visit<unknown>['seal']>): void {
  const vary = () => {
    for (const [, value] of headers) addVary(c, value);
  };
  if (c.finalized) vary();
  const own = Object.getOwnPropertyDescriptor(c, 'res');
  const { get, set } = own ?? Object.getOwnPropertyDescriptor(Object.getPrototypeOf(c), 'res') ?? {};
  if (get === undefined || set === undefined) return;
  Object.defineProperty(c, 'res', {
    configurable: true,
    get: () => get.call(c),
    set: (response: Response | undefined) => {
      set.call(c, response);
      if (response !== undefined && response.status !== 101) vary();
    },
  });
}

/** Adds to `Vary`. It contains no secret, so no copy is needed unless the response is immutable, such as one returned by `fetch`. */
function addVary(c: Context, value: string): void {
  const { headers } = c.res;
  if (headers.get('vary')?.split(/,\s*/).includes(value)) return;
  try {
    headers.append('vary', value);
  } catch {
    c.header('vary', value, { append: true });
  }
}

// The other types that an app may need to name.
export type { DeepReadonly, Duration, Ended, Json, SessionErrorCode, SessionStore } from '@coatcheck/core';
