import { type Session, SessionError, type Sessions } from '@coatcheck/core';
import { type AdapterOptions, mountSessions, ParsedRequestView, sealOnto } from '@coatcheck/core/adapter';
import type { Request, RequestHandler } from 'express';
import onHeaders from 'on-headers';

export type { Session, SessionEvent, SessionSummary, Sessions, SessionsOptions } from '@coatcheck/core';
export { bearer, cookie, createSessions, form, header, memoryStore, query } from '@coatcheck/core';
export { ipAddress, userAgent } from '@coatcheck/core/client-checks';
export { SessionError };

/** Names the data of each session on a request: `declare module '@coatcheck/express' { interface Register { session: ShopData } }`. */
// biome-ignore lint/suspicious/noEmptyInterface: apps add to it, which only an interface allows.
export interface Register {}

/** Maps every registered name to its session: what each request has. */
export type RegisteredSessions = { readonly [Name in keyof Register]: Session<Register[Name]> };

declare global {
  namespace Express {
    interface Request extends RegisteredSessions {}
  }
}

/** Sets what `session` does with each request. */
export type SessionOptions<Name extends string = string> = AdapterOptions<Request, Name>;

/**
 * Makes the middleware that puts `req.session` on each request, loaded unless `lazy`, and brings its token to the client with whatever response is sent.
 *
 * A store's failure goes to the error handler. The `form` transport needs a body parser mounted before.
 *
 * Errors: `ERR_CONFIG`, at construction for an option, at a request where its property is taken.
 */
export function session<Name extends string = 'session'>(
  sessions: Sessions<Name extends keyof Register ? Register[Name] : unknown>,
  options: SessionOptions<Name> = {},
): RequestHandler {
  const { lazy, open, attach } = mountSessions<unknown, Request>(sessions, options);
  return (req, res, next) => {
    const visit = open(new ExpressView(req), req);
    attach(req, visit.session);
    onHeaders(res, () => sealOnto(res, visit));
    if (lazy) next();
    else visit.session.load().then(() => next(), next);
  };
}

class ExpressView extends ParsedRequestView {
  readonly #req: Request;

  constructor(req: Request) {
    super(req);
    this.#req = req;
  }

  /** Follows "trust proxy" as Express 5 does: in Express 4 `req.host` lacks the port. */
  override get host(): string | undefined {
    const { app, headers, socket } = this.#req;
    const forwarded = this.header('x-forwarded-host');
    const trusts: (address: string | undefined, hop: number) => boolean = app.get('trust proxy fn');
    return forwarded && trusts(socket.remoteAddress, 0) ? forwarded.split(',', 1)[0]?.trim() : headers.host;
  }
}

// The rest of the types that an app may name.
export type { DeepReadonly, Duration, Ended, Json, SessionErrorCode, SessionStore } from '@coatcheck/core';
