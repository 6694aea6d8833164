import { ServerResponse } from 'node:http';
import { createSessions, SessionError, type Sessions } from '@coatcheck/core';
import onHeaders from 'on-headers';
import { attributesOf } from './config/cookie-options.ts';
import { checkOptions, type SessionOptions, type Settings } from './config/options.ts';
import {
  type ConnectRequest,
  CookieRequestView,
  cookieValues,
  FORGED,
  isSecure,
  isSigned,
  readSigned,
  type Secret,
  tokenTransport,
  writeSigned,
} from './cookie/request-view.ts';
import { type CookieAttributes, SessionCookie } from './cookie/session-cookie.ts';
import type { StoredData } from './data/json.ts';
import { migrate } from './migration/migrate.ts';
import { holdResponse } from './request/hold-response.ts';
import { NativeSession, type Outgoing } from './request/native-session.ts';
import { RecentSignIns } from './request/recent-sign-ins.ts';
import { RequestSession } from './request/request-session.ts';
import { SessionStoreFacade } from './store/session-store.ts';

type Next = (error?: unknown) => void;

/** What `session()` returns: a middleware for Express and Connect, and the sessions behind it. */
export interface SessionMiddleware {
  // biome-ignore lint/suspicious/noExplicitAny: Express types its requests in each version anew, and all of them fit.
  (req: any, res: any, next: Next): void;
  /** Lists and revokes sessions: `list`, `revoke`, `revokeUser`, `inspect`, `end`. */
  readonly sessions: Sessions<StoredData>;
}

/**
 * Makes a middleware that puts `req.session` on each request, as express-session does, and saves what was changed before the response begins.
 *
 * @throws SessionError `ERR_CONFIG` if an option is unknown, invalid, or contradicts a promise
 */
export function session(options: SessionOptions = {}): SessionMiddleware {
  const settings = checkOptions(options);
  const sessions = createSessions<StoredData>({ ...settings.sessions, transports: [tokenTransport] });
  const mount = new Mount(settings, sessions);
  const handle = (req: ConnectRequest, res: ServerResponse, next: Next): void => mount.handle(req, res, next);
  return Object.assign(handle, { sessions });
}

/** Names the property of a request by which `sessionStore.generate` finds its session. */
const REQUEST_SESSION: unique symbol = Symbol('coatcheck.session');

/** A request to which a session is attached. */
interface Attached {
  [REQUEST_SESSION]: RequestSession;
  sessionStore: SessionStoreFacade;
}

// All requests share the accessors, so that they share one shape too.
const SESSION: PropertyDescriptor & ThisType<Attached> = {
  get() {
    return this[REQUEST_SESSION].session;
  },
  set(value: unknown) {
    this[REQUEST_SESSION].session = value;
  },
  enumerable: true,
  configurable: true,
};
const SESSION_ID: PropertyDescriptor & ThisType<Attached> = {
  get() {
    return this[REQUEST_SESSION].sessionId;
  },
  set(value: unknown) {
    this[REQUEST_SESSION].sessionId = value;
  },
  enumerable: true,
  configurable: true,
};

/** Returns a function that puts the native session on a request under a name. */
function nativeAttacher(name: string): (req: ConnectRequest, native: NativeSession) => void {
  // Each mount has its own slot, since each has its own name.
  const slot: unique symbol = Symbol('coatcheck.native');
  interface Holder {
    [slot]: NativeSession;
  }
  const property: PropertyDescriptor & ThisType<Holder> = {
    get() {
      return this[slot].session;
    },
    configurable: true,
  };
  return (req: ConnectRequest & Partial<Holder>, native) => {
    req[slot] = native;
    Object.defineProperty(req, name, property);
  };
}

/** One `session()` in an app. */
class Mount {
  readonly #settings: Settings;
  readonly #sessions: Sessions<StoredData>;
  readonly #recent: RecentSignIns;
  readonly #store: SessionStoreFacade;
  /** The cookie's attributes over secure connections and over others, unless they depend on the request. */
  readonly #attributes: Readonly<Record<'secure' | 'plain', CookieAttributes>>;
  readonly #attachNative: (req: ConnectRequest, native: NativeSession) => void;

  constructor(settings: Settings, sessions: Sessions<StoredData>) {
    this.#settings = settings;
    this.#sessions = sessions;
    this.#recent = new RecentSignIns(settings.sessions.now ?? (() => Date.now()));
    this.#attachNative = nativeAttacher(settings.native);
    this.#attributes = {
      secure: attributesOf(settings.storedCookie, true),
      plain: attributesOf(settings.storedCookie, false),
    };
    this.#store = new SessionStoreFacade(
      sessions,
      () => new SessionCookie(this.#attributes.secure),
      (req) => {
        const session: unknown = Reflect.get(req, REQUEST_SESSION);
        if (session instanceof RequestSession) session.generate();
      },
    );
  }

  handle(req: ConnectRequest, res: ServerResponse, next: Next): void {
    let exchange: Exchange | undefined;
    try {
      exchange = this.#open(req, res, next);
    } catch (error) {
      next(error);
      return;
    }
    if (exchange === undefined) {
      next();
      return;
    }
    const { native } = exchange;
    // The response of an upgrade brings no cookie, so no token may be issued.
    const isUpgrade = !(res instanceof ServerResponse);
    if (isUpgrade) native.seal();
    const begin = (clears?: string): void => {
      this.#attach(req, exchange);
      if (!isUpgrade) this.#respond(exchange, clears);
    };
    const loading = native.load();
    const { migrateFrom } = this.#settings;
    if (loading === undefined && (isUpgrade || migrateFrom === undefined)) {
      begin();
      next();
      return;
    }
    const moving = Promise.resolve(loading).then(() =>
      isUpgrade ? undefined : migrate(req, this.#settings, native),
    );
    moving.then((clears) => {
      begin(clears);
      process.nextTick(next);
    }, next);
  }

  /** Reads what a request presents; undefined if it is none of ours. */
  #open(
    req: ConnectRequest & { readonly session?: unknown },
    res: ServerResponse,
    next: Next,
  ): Exchange | undefined {
    if (req.session) return undefined;
    const settings = this.#settings;
    const cookieOptions = settings.cookieOf(req);
    if (!pathOf(req).startsWith(cookieOptions.path ?? '/')) return undefined;
    const secrets = this.#secretsOf(req);
    const [secret] = secrets;
    if (secret === undefined) throw secretRequired();
    const values = cookieValues(req, settings.name);
    const tokens = values.map((value) => readSigned(value, secrets) ?? FORGED);
    const how = {
      proxy: settings.proxy,
      attributes: (): string => session.cookie.serialize(settings.name, ''),
    };
    const viewOf = (each: readonly string[]) => new CookieRequestView(req, how, each);
    const native = new NativeSession(this.#sessions, this.#recent, viewOf, tokens);
    const isOverTls = isSecure(req, settings.proxy);
    const attributes =
      cookieOptions === settings.storedCookie
        ? this.#attributes[isOverTls ? 'secure' : 'plain']
        : attributesOf(cookieOptions, isOverTls);
    const newCookie = () => new SessionCookie(attributes);
    const session = new RequestSession({ req, settings, native, newCookie });
    // With one secret, signing the presented token again would give the presented value.
    const [token, value] = [tokens[0], values[0]];
    const isRepeatable = secrets.length === 1 && token !== undefined && token !== FORGED && isSigned(value);
    const presented = isRepeatable ? { token, value } : undefined;
    return { res, next, native, secret, session, presented };
  }

  #attach(req: ConnectRequest & Partial<Attached>, { session, native }: Exchange): void {
    req[REQUEST_SESSION] = session;
    // One call of `defineProperties` takes longer than all of these.
    Object.defineProperty(req, 'session', SESSION);
    Object.defineProperty(req, 'sessionID', SESSION_ID);
    this.#attachNative(req, native);
    req.sessionStore = this.#store;
  }

  /** `clears` is the name of an old cookie that the response clears. */
  #respond(exchange: Exchange, clears: string | undefined): void {
    const { res, next, session, native } = exchange;
    onHeaders(res, () => {
      try {
        this.#putHeaders(exchange, native.seal());
        if (clears !== undefined)
          addHeader(
            res,
            'set-cookie',
            new SessionCookie({ expires: new Date(0) }).serialize(clears, ''),
            true,
          );
      } catch (error) {
        setImmediate(next, error);
      }
    });
    holdResponse(res, {
      onBegin: () => session.begin(),
      onEnd: () => session.finish(),
      onFailure: (error) => next(error),
    });
  }

  #putHeaders({ res, session, secret, presented }: Exchange, { token, headers }: Outgoing): void {
    for (const [name, value, how] of headers) addHeader(res, name, value, how === 'append');
    if (token === undefined) return;
    const { cookie } = session;
    const isCleared = token === '';
    if (isCleared) cookie.expires = new Date(0);
    else cookie.reset();
    const signed = token === presented?.token ? presented.value : undefined;
    const value = isCleared ? '' : (signed ?? writeSigned(token, secret));
    addHeader(res, 'set-cookie', cookie.serialize(this.#settings.name, value), true);
  }

  #secretsOf(req: ConnectRequest): readonly Secret[] {
    const { secrets } = this.#settings;
    if (secrets.length > 0) return secrets;
    return typeof req.secret === 'string' && req.secret !== '' ? [req.secret] : [];
  }
}

/** One request with its session. */
interface Exchange {
  readonly res: ServerResponse;
  readonly next: Next;
  readonly session: RequestSession;
  readonly native: NativeSession;
  readonly secret: Secret;
  /** A token that the request presented, and the value of its cookie, as signing the token gives it. */
  readonly presented: { readonly token: string; readonly value: string } | undefined;
}

/** Sets a header, or adds to it. Never appendHeader: it would push into the app's own array, which other responses may share. */
function addHeader(res: ServerResponse, name: string, value: string, isAppended: boolean): void {
  const present = isAppended ? res.getHeader(name) : undefined;
  res.setHeader(name, present === undefined ? value : [present, value].flat().map(String));
}

/** Returns what the path of the cookie is compared with. A query may follow: no cookie's path contains a question mark. */
function pathOf({ originalUrl, url }: ConnectRequest): string {
  const target = (originalUrl ?? url ?? '').replace(ORIGIN, '');
  return target === '' || target.startsWith('?') ? '/' : target;
}

/** What a request target in absolute form, as clients send it to proxies, has before its path. */
const ORIGIN = /^[a-z][a-z\d+.-]*:\/\/[^/?#]*/i;

function secretRequired(): SessionError {
  return new SessionError(
    'ERR_CONFIG',
    'secret option required for sessions: write session({ secret: process.env.SESSION_SECRET }), or mount cookie-parser with a secret before.',
  );
}
