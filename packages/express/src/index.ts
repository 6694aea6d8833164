import { type Session, SessionError, type Sessions } from '@coatcheck/core';
import {
  type AdapterOptions,
  mountSessions,
  ParsedRequestView,
  sealOnto,
  sendDirect,
} from '@coatcheck/core/adapter';
import type { Request, RequestHandler } from 'express';
import onHeaders from 'on-headers';
import { forwardRejections } from './forward-rejections.ts';

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
 * Declares the data type of each session on a request, by its name.
 *
 * @example
 * ```ts
 * declare module '@coatcheck/express' {
 *   interface Register {
 *     session: { cart: string[] };
 *   }
 * }
 * ```
 */
// biome-ignore lint/suspicious/noEmptyInterface: apps extend it by declaration merging, which needs an interface.
export interface Register {}

/** Maps every registered name to its session. Each request has these properties. */
export type RegisteredSessions = { readonly [Name in keyof Register]: Session<Register[Name]> };

declare global {
  namespace Express {
    interface Request extends RegisteredSessions {}
  }
}

/** Options of {@link session}: `lazy`, `passive` and `as`. */
export type SessionOptions<Name extends string = string> = AdapterOptions<Request, Name>;

/**
 * Returns middleware that attaches `req.session` to each request, loads it unless `lazy` is set, and sends its token with any kind of response.
 *
 * `io.engine.use(session(sessions))` attaches `socket.request.session` in Socket.IO. Requests of Engine.IO are passive unless the option `passive` says otherwise, so
 * that polls do not count as use.
 *
 * If loading fails, the middleware passes the error to the app's error handler. The `form` transport needs a body parser before this middleware.
 *
 * @example
 * ```ts
 * app.use(session(createSessions({ store: memoryStore(), initial: () => ({ cart: [] as string[] }) })));
 * ```
 *
 * The same `sessions` may be mounted in an app and in its sub-apps.
 *
 * @throws {SessionError} `ERR_CONFIG` if an option is invalid. For a request that already has another property of that name,
 * `ERR_CONFIG` goes to the error handler.
 */
export function session<Name extends string = 'session'>(
  sessions: Sessions<Name extends keyof Register ? Register[Name] : unknown>,
  options: SessionOptions<Name> = {},
): RequestHandler {
  const { name, open, attach, rejoin, admit } = mountSessions<unknown, Request>(sessions, {
    ...options,
    passive: options.passive ?? isOfEngineIo,
  });
  return (req, res, next) => {
    if (name in req) {
      rejoin(Reflect.get(req, name), req).then(() => next(), next);
      return;
    }
    if (hasApp(req)) forwardRejections(req);
    const visit = open(new ExpressView(req), req);
    const direct = visit.respond();
    if (direct !== undefined) {
      direct.then((response) => sendDirect(res, response)).catch(next);
      return;
    }
    attach(req, visit.session);
    onHeaders(res, () => sealOnto(res, visit));
    const admission = admit(visit, req);
    if (admission === undefined) next();
    else admission.then(() => next(), next);
  };
}

/** Tells whether a request came through an Express app. Engine.IO passes requests of the server, and connect too. */
function hasApp(req: { readonly app?: unknown }): boolean {
  return req.app !== undefined;
}

/** Tells a request of Engine.IO, which Socket.IO is built on. Its polls, which the page sends all the time, are no use of the session. */
function isOfEngineIo(req: Request): boolean {
  if (hasApp(req)) return false;
  const { _query: query }: { _query?: unknown } = Object(req);
  return typeof query === 'object' && query !== null && 'EIO' in query;
}

class ExpressView extends ParsedRequestView {
  readonly #req: Request;

  constructor(req: Request) {
    super(req);
    this.#req = req;
  }

  /** Without an app, no proxy is trusted. */
  override get ip(): string | undefined {
    return hasApp(this.#req) ? this.#req.ip : this.#req.socket.remoteAddress;
  }

  /** Applies "trust proxy" as Express 5 does, because `req.host` in Express 4 lacks the port. */
  override get host(): string | undefined {
    const { headers, socket } = this.#req;
    if (!hasApp(this.#req)) return headers.host;
    const { app } = this.#req;
    const forwarded = this.header('x-forwarded-host');
    const trusts: (address: string | undefined, hop: number) => boolean = app.get('trust proxy fn');
    return forwarded && trusts(socket.remoteAddress, 0) ? forwarded.split(',', 1)[0]?.trim() : headers.host;
  }
}

// The other types that an app may need to name.
export type { DeepReadonly, Duration, Ended, Json, SessionErrorCode, SessionStore } from '@coatcheck/core';
