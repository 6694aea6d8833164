import {
  type OpenOptions,
  type ResponseHeader,
  type Session,
  SessionError,
  type Sessions,
} from '@coatcheck/core';
import {
  type AdapterOptions,
  checkFunction,
  directResponse,
  type FetchRequestFacts,
  FetchRequestView,
  mountSelectedSessions,
  mountSessions,
} from '@coatcheck/core/adapter';
import type { Context, Env, MiddlewareHandler } from 'hono';
import { putOnEach, putOnto } from './put-onto.ts';

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
export { type HonoSessionsOptions, migrateHonoSessions } from './migrate-hono-sessions.ts';
export { SessionError };

/**
 * The `Variables` that {@link session} sets, for an app or a router whose routes are not chained to it.
 *
 * @example
 * ```ts
 * import { Hono } from 'hono';
 *
 * const app = new Hono<{ Variables: SessionVariables<{ cart: string[] }> }>();
 * ```
 */
export type SessionVariables<Data, Name extends string = 'session'> = {
  readonly [Key in Name]: Session<Data>;
};

/** The environment of Hono's `Context` without a type argument, in which each binding is `any`. */
type AnyEnv = Context extends Context<infer E> ? E : never;

/** Options of {@link session}: `lazy`, `passive`, `as`, `ip` and `waitUntil`. */
export interface SessionOptions<Name extends string = string, E extends Env = AnyEnv>
  extends AdapterOptions<Context<E>, Name> {
  /**
   * Returns the client's address, which Hono does not know: `(c) => getConnInfo(c).remote.address`, or the address that your proxy reports.
   *
   * Default: none, so the address is undefined.
   */
  readonly ip?: (c: Context<E>) => string | undefined;
  /**
   * Keeps the request alive until a sweep or an asynchronous `onEvent` has finished, where the runtime stops it after its response.
   *
   * Default: `c.executionCtx.waitUntil`, where there is one.
   */
  readonly waitUntil?: (promise: Promise<unknown>, c: Context<E>) => void;
}

/**
 * Creates sessions for each binding that it is called with, once: later calls with the same binding return the same sessions. For runtimes where a binding
 * exists only within a request.
 *
 * @example
 * ```ts
 * import { type D1Binding, d1Store } from '@coatcheck/cloudflare';
 * import { Hono } from 'hono';
 *
 * const app = new Hono<{ Bindings: { DB: D1Binding } }>();
 * const sessionsOf = perBinding((db: D1Binding) => createSessions({ store: d1Store(db) }));
 * app.use(session((c) => sessionsOf(c.env.DB)));
 * ```
 */
export function perBinding<Binding extends object, Data>(
  create: (binding: Binding) => Sessions<Data>,
): (binding: Binding) => Sessions<Data> {
  const created = new WeakMap<object, Sessions<Data>>();
  return (binding) => {
    const known = isObject(binding) ? created.get(binding) : undefined;
    if (known !== undefined) return known;
    // A binding that is missing is not an object; its store says so.
    const sessions = create(binding);
    if (isObject(binding)) created.set(binding, sessions);
    return sessions;
  };
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

/**
 * Returns middleware that sets `c.var.session` on each context, loads it unless `lazy` is set, and sends its token with any kind of response.
 *
 * Pass a function for sessions whose binding exists only within a request, and let it return the same sessions each time: see {@link perBinding}.
 * Write `c: Context<Env>` with the type argument of your `Hono<Env>`, so that a misspelt binding is a type error: TypeScript cannot infer it from `app.use`.
 *
 * If loading fails, the error goes to `app.onError`. The same `sessions` may be mounted in an app and in its sub-apps. During a WebSocket upgrade a call that
 * needs a token rejects with `ERR_RESPONSE_SEALED`. The `form` transport needs middleware before this one that awaits `c.req.parseBody()`.
 *
 * @example
 * ```ts
 * import { getConnInfo } from '@hono/node-server/conninfo';
 *
 * app.use(session(createSessions({ store: memoryStore() }), { ip: (c) => getConnInfo(c).remote.address }));
 * ```
 *
 * @throws {SessionError} `ERR_CONFIG` if an option is invalid. For a context on which the variable is already set to anything else,
 * `ERR_CONFIG` goes to `app.onError`.
 */
export function session<Data, Name extends string = 'session', E extends Env = AnyEnv>(
  sessions: Sessions<Data> | ((c: Context<E>) => Sessions<Data>),
  { ip, waitUntil, ...options }: SessionOptions<Name, E> = {},
): MiddlewareHandler<{ Variables: SessionVariables<Data, Name> }> {
  const { name, open, rejoin, admit } =
    typeof sessions === 'function'
      ? mountSelectedSessions<Data, Context>(sessions, options)
      : mountSessions<Data, Context>(sessions, options);
  checkFunction('waitUntil', waitUntil, '(promise, c) => c.executionCtx.waitUntil(promise)');
  checkFunction('ip', ip, '(c) => getConnInfo(c).remote.address');
  const handler: MiddlewareHandler = async (c, next) => {
    const present: unknown = c.get(name);
    if (present !== undefined) {
      await rejoin(present, c);
      return next();
    }
    const parsed = c.req.bodyCache.formData;
    const form = parsed && (await Promise.resolve(parsed).catch(() => undefined));
    const view = new FetchRequestView(c.req.raw, form || ip ? factsOf(c, form, ip) : NO_FACTS);
    const visit = open(view, c, new HonoOptions(c, waitUntil));
    const direct = visit.respond();
    if (direct !== undefined) return directResponse(await direct);
    c.set(name, visit.session);
    // The runtime creates the response that opens a WebSocket, so no token can go out.
    if (opensWebSocket(view)) visit.seal();
    try {
      const admission = admit(visit, c);
      if (admission !== undefined) await admission;
      await next();
    } finally {
      const headers = visit.seal((header) => c.res.headers.get(header) ?? undefined);
      if (headers.length > 0 && c.res.status !== 101) putOnto(c, headers);
    }
  };
  return handler;
}

/** What the core asks of a context. One class serves all requests, since closures for each one cost every request. */
class HonoOptions implements OpenOptions {
  readonly #c: Context;
  readonly #waitUntil: SessionOptions['waitUntil'];

  constructor(c: Context, waitUntil: SessionOptions['waitUntil']) {
    this.#c = c;
    this.#waitUntil = waitUntil;
  }

  onAccess(headers: readonly ResponseHeader[]): void {
    putOnEach(this.#c, headers);
  }

  /** Asks for the execution context only when needed: where there is none, as on Node.js, Hono throws, which is slow. The core catches it. */
  waitUntil(promise: Promise<unknown>): void {
    if (this.#waitUntil === undefined) this.#c.executionCtx.waitUntil(promise);
    else this.#waitUntil(promise, this.#c);
  }
}

const NO_FACTS: FetchRequestFacts = {};

function factsOf(c: Context, form: FetchRequestFacts['form'], ip: SessionOptions['ip']): FetchRequestFacts {
  return {
    form,
    get ip() {
      return ip?.(c);
    },
  };
}

/** Tells whether a request is the handshake of a WebSocket (RFC 6455, section 4.1). The header `Upgrade` alone, which any client may send, is none. */
function opensWebSocket(view: FetchRequestView): boolean {
  const isAsked = view.method === 'GET' && view.header('upgrade')?.toLowerCase() === 'websocket';
  return isAsked && view.header('sec-websocket-key') !== undefined;
}

// The other types that an app may need to name.
export type { DeepReadonly, Duration, Ended, Json, SessionErrorCode, SessionStore } from '@coatcheck/core';
