import { type RequestView, type Session, SessionError, type Sessions, type Visit } from '@coatcheck/core';
import type { Request, RequestHandler } from 'express';
import onHeaders from 'on-headers';

export type {
  CookieOptions,
  DeepReadonly,
  Duration,
  Ended,
  Json,
  Session,
  SessionErrorCode,
  SessionEvent,
  SessionStore,
  SessionSummary,
  Sessions,
  StoreRecord,
} from '@coatcheck/core';
export {
  bearer,
  cookie,
  createSessions,
  form,
  header,
  memoryStore,
  query,
  SessionError,
} from '@coatcheck/core';

/**
 * Names the data of each session on a request. Register yours once:
 *
 * ```ts
 * declare module '@coatcheck/express' {
 *   interface Register { session: ShopData }
 * }
 * ```
 */
// biome-ignore lint/suspicious/noEmptyInterface: apps add to it, which only an interface allows.
export interface Register {}

/** Maps every registered name to its session: what a request gains. */
export type RegisteredSessions = { readonly [Name in keyof Register]: Session<Register[Name]> };

/** Gives the data registered under a name; unknown where none is. */
export type RegisteredData<Name> = Name extends keyof Register ? Register[Name] : unknown;

declare global {
  namespace Express {
    interface Request extends RegisteredSessions {}
  }
}

/** Sets what `session` does with each request. */
export interface SessionOptions<Name extends string = string> {
  /** Leaves `load()` to the app: a request that never asks costs nothing. Default false. */
  readonly lazy?: boolean;
  /** The property of the request. Give a second `session` on the same request another name. Default `session`. */
  readonly as?: Name;
  /** Writes nothing for the mere look: no touch, renewal or confirmation. For polling and prefetching. Default false. */
  readonly passive?: boolean | ((request: Request) => boolean);
}

/**
 * Makes the middleware that puts `req.session` on each request, loaded unless `lazy`, and sends its token with the response.
 *
 * Mount body parsers before it where the `form` transport is used. A store's failure goes to the error handler.
 *
 * Errors: `ERR_CONFIG`, at construction for an option, at a request where the property is taken already.
 */
export function session<Name extends string = 'session'>(
  sessions: Sessions<RegisteredData<Name>>,
  options: SessionOptions<Name> = {},
): RequestHandler {
  check(sessions, options);
  const { lazy = false, as: name = 'session', passive = false } = options;
  return (req, res, next) => {
    if (name in req) {
      next(
        new SessionError(
          'ERR_CONFIG',
          `req.${name} is taken already. Mount session() once, or give it another name: { as: 'name' }.`,
        ),
      );
      return;
    }
    const quiet = typeof passive === 'function' ? passive(req) : passive;
    const visit = sessions.open(new ExpressView(req), quiet ? PASSIVE : undefined);
    Reflect.set(req, name, visit.session);
    onHeaders(res, sealWith(visit));
    if (lazy) next();
    else visit.session.load().then(() => next(), next);
  };
}

const PASSIVE = { passive: true };

function sealWith(visit: Visit<unknown>) {
  return function (this: Parameters<typeof onHeaders>[0]): void {
    for (const [name, value, how] of visit.seal()) {
      if (how === 'append') this.appendHeader(name, value);
      else this.setHeader(name, value);
    }
  };
}

class ExpressView implements RequestView {
  readonly #req: Request;

  constructor(req: Request) {
    this.#req = req;
  }

  get method(): string {
    return this.#req.method;
  }

  get host(): string | undefined {
    // Express 4 gives the host without its port, so this follows "trust proxy" as Express 5 does.
    const { app, headers, socket } = this.#req;
    const trusts: (address: string | undefined, hop: number) => boolean = app.get('trust proxy fn');
    const forwarded = this.header('x-forwarded-host');
    if (!forwarded || !trusts(socket.remoteAddress, 0)) return headers.host;
    return forwarded.split(',', 1)[0]?.trim();
  }

  get ip(): string | undefined {
    return this.#req.ip;
  }

  header(name: string): string | undefined {
    const value = this.#req.headers[name];
    return typeof value === 'object' ? value.join(name === 'cookie' ? '; ' : ', ') : value;
  }

  query(name: string): string | undefined {
    return first(this.#req.query[name]);
  }

  form(name: string): string | undefined {
    const body: unknown = this.#req.body;
    return typeof body === 'object' && body !== null ? first(Reflect.get(body, name)) : undefined;
  }
}

function first(value: unknown): string | undefined {
  const one: unknown = Array.isArray(value) ? value[0] : value;
  return typeof one === 'string' ? one : undefined;
}

function check(sessions: unknown, options: object): void {
  if (typeof sessions !== 'object' || sessions === null || !('open' in sessions)) {
    throw mistake('session(sessions)', sessions, 'what createSessions() returned');
  }
  for (const [name, value] of Object.entries(options)) {
    const right = value === undefined ? undefined : expected(name, value);
    if (right !== undefined) throw mistake(`session option ${name}`, value, right);
  }
}

/** Says what would be right for an option, where the value given is not. */
function expected(name: string, value: unknown): string | undefined {
  if (name === 'lazy') return typeof value === 'boolean' ? undefined : 'true or false';
  if (name === 'as')
    return typeof value === 'string' && value !== '' ? undefined : "a name such as 'session'";
  if (name !== 'passive') return 'left out: the options are lazy, as and passive';
  return typeof value === 'boolean' || typeof value === 'function'
    ? undefined
    : 'true, false or a function of the request';
}

function mistake(option: string, given: unknown, right: string): SessionError {
  const shown =
    typeof given === 'string' ? `'${given}'` : typeof given === 'object' ? 'an object' : String(given);
  return new SessionError('ERR_CONFIG', `${option} must be ${right}; given was ${shown}.`);
}
