import { configError, SessionError } from '../common/errors.ts';
import type { RequestView } from '../http/request-view.ts';
import type { Sessions } from '../session/sessions-types.ts';
import type { OpenOptions, Visit } from '../session/visit.ts';
import type { AdapterOptions } from './adapter-options.ts';

/** What an adapter needs for each request: its options, checked and with their defaults. */
export interface SessionMount<Data, Request> {
  /** The property of the request, or the name of the context's variable, that has the session. */
  readonly name: string;
  /** Whether the handlers load the session. */
  readonly lazy: boolean;
  /** Opens a visit, passive if the option says so. No I/O. */
  open(view: RequestView, request: Request, how?: Omit<OpenOptions, 'passive'>): Visit<Data>;
  /**
   * Admits a request that has the name already, because the same `sessions` are mounted in an outer app too: its session serves both. `present` is what the
   * request has under the name.
   *
   * @throws SessionError `ERR_CONFIG` if anything else has the name; otherwise what `admit` throws
   */
  rejoin(present: unknown, request: Request): Promise<unknown>;
  /**
   * Puts the session on the framework's request under its name. An assignment to that property throws, since it would not sign anyone out.
   *
   * @throws SessionError `ERR_CONFIG` if the request already has the property, from the framework or from another `session()` with the same name. See `rejoin`
   */
  attach(holder: object, session: Visit<Data>['session']): void;
  /**
   * Admits a request to the handlers: rejects a write from another site unless the option serves it, then loads the session unless `lazy`. Await it before
   * the next handler, and pass a rejection to the framework's error handling. Undefined if there is nothing to wait for, as over a synchronous store.
   *
   * @throws SessionError `ERR_CROSS_SITE`, `ERR_STORE_UNAVAILABLE`
   */
  admit(visit: Visit<Data>, request: Request): Promise<unknown> | undefined;
}

/**
 * Checks the arguments of an adapter's `session()` and returns what it needs for each request.
 *
 * @example
 * ```ts
 * import type { Request, RequestHandler } from 'express';
 * import onHeaders from 'on-headers';
 *
 * function session<Data>(sessions: Sessions<Data>, options: AdapterOptions<Request>): RequestHandler {
 *   const { open, attach, admit } = mountSessions(sessions, options);
 *   return async (req, res, next) => {
 *     const visit = open(new ParsedRequestView(req), req);
 *     attach(req, visit.session);
 *     onHeaders(res, () => sealOnto(res, visit));
 *     await admit(visit, req);
 *     next();
 *   };
 * }
 * ```
 *
 * @throws SessionError `ERR_CONFIG` if `sessions` is not the result of `createSessions()`, or an option is unknown or invalid
 */
export function mountSessions<Data, Request>(
  sessions: Sessions<Data>,
  options: AdapterOptions<Request>,
): SessionMount<Data, Request> {
  checkSessions(sessions, 'session(sessions)');
  const select = () => sessions;
  return mount(select, select, options);
}

/**
 * The same for sessions that exist only within a request, such as those over a binding of Cloudflare Workers. `select` is called for each request, and should
 * return the same `Sessions` for the same binding.
 *
 * @example
 * ```ts
 * import type { Context } from 'hono';
 *
 * const { open, attach, admit } = mountSelectedSessions((c: Context<Env>) => sessionsOf(c.env.DB), options);
 * ```
 *
 * @throws SessionError `ERR_CONFIG` if `select` is not a function, or an option is unknown or invalid. `open` throws it if `select` returns anything else
 */
export function mountSelectedSessions<Data, Request extends object>(
  select: (request: Request) => Sessions<Data>,
  options: AdapterOptions<Request>,
): SessionMount<Data, Request> {
  if (typeof select !== 'function') throw configError('session(select)', select, 'a function of the request');
  const selected = SELECTED.get(select) ?? new WeakMap<object, VisitFinder>();
  SELECTED.set(select, selected);
  const selectChecked = (request: Request) => {
    const sessions = select(request);
    checkSessions(sessions, 'What the function in session((c) => sessions) returns');
    selected.set(request, sessions);
    return sessions;
  };
  return mount(selectChecked, (request) => selected.get(request) ?? selectChecked(request), options);
}

/** What admitting needs of a visit. */
type Admitted = Pick<Visit<unknown>, 'load' | 'refuseCrossSite'>;

type VisitFinder = Pick<Sessions<unknown>, 'mountedVisit'>;

/** What each function has selected for a request: an inner app finds the session of an outer one by it, even if the function creates sessions each time. */
const SELECTED = /* @__PURE__ */ new WeakMap<object, WeakMap<object, VisitFinder>>();

function mount<Data, Request>(
  select: (request: Request) => Sessions<Data>,
  selected: (request: Request) => VisitFinder,
  options: AdapterOptions<Request>,
): SessionMount<Data, Request> {
  checkOptions(options);
  const { lazy = false, as: name = 'session', passive = false, serveCrossSite = false } = options;
  const slot: unique symbol = Symbol(name);
  interface Holder {
    [slot]?: Visit<Data>['session'];
  }
  // One descriptor serves all requests, since its functions read the slot of the request.
  const property: PropertyDescriptor & ThisType<Holder> = {
    get() {
      return this[slot];
    },
    set() {
      throw new TypeError(
        `${name} cannot be assigned, since that would not end the session. Write await ${name}.destroy() to end it, or await ${name}.update() to change its data.`,
      );
    },
    enumerable: true,
    configurable: true,
  };
  const admit = (visit: Admitted, request: Request): Promise<unknown> | undefined => {
    try {
      visit.refuseCrossSite();
    } catch (error) {
      const isServed = typeof serveCrossSite === 'function' ? serveCrossSite(request) : serveCrossSite;
      if (!isServed) return Promise.reject(error);
    }
    return lazy ? undefined : visit.load();
  };
  return {
    name,
    lazy,
    open: (view, request, how) => {
      const isPassive = typeof passive === 'function' ? passive(request) : passive;
      const visit = select(request).open(view, isPassive ? passively(how) : how);
      visit.mount();
      return visit;
    },
    rejoin: async (present, request) => {
      const visit = selected(request).mountedVisit(present);
      if (visit === undefined) throw taken(name);
      await admit(visit, request);
    },
    attach: (holder: Holder, session) => {
      if (name in holder) throw taken(name);
      holder[slot] = session;
      Object.defineProperty(holder, name, property);
    },
    admit,
  };
}

/**
 * Makes the error for a name that the request already has.
 *
 * @example
 * ```ts
 * if (c.get('session') !== undefined) throw taken('session');
 * ```
 */
export function taken(name: string): SessionError {
  return new SessionError(
    'ERR_CONFIG',
    `The request already has a property ${name}, which is not a session of these sessions. Give it another name: session(sessions, { as: 'name' }).`,
  );
}

/** Makes a visit passive. The options may be an object of a class, whose methods a copy would not have. */
function passively(how: OpenOptions | undefined): OpenOptions {
  return {
    passive: true,
    onAccess: (headers) => how?.onAccess?.(headers),
    waitUntil: (promise) => how?.waitUntil?.(promise),
  };
}

function checkSessions(sessions: unknown, name: string): void {
  if (typeof sessions !== 'object' || sessions === null || !('open' in sessions)) {
    throw configError(name, sessions, 'what createSessions() returned');
  }
}

function checkOptions(options: object): void {
  for (const [option, value] of Object.entries(options)) {
    const right = value === undefined ? undefined : expected(option, value);
    if (right !== undefined) throw configError(`session option ${option}`, value, right);
  }
}

/**
 * Checks an option of `session()` that only one adapter has.
 *
 * @example
 * ```ts
 * checkFunction('ip', options.ip, '(c) => c.req.header("x-real-ip")');
 * ```
 *
 * @throws SessionError `ERR_CONFIG` if it is neither a function nor left out
 */
export function checkFunction(option: string, value: unknown, example: string): void {
  if (value === undefined || typeof value === 'function') return;
  throw configError(`session option ${option}`, value, `a function such as ${example}`);
}

/** Returns what an option must be if the value is wrong; undefined if it is right. */
function expected(option: string, value: unknown): string | undefined {
  const type = typeof value;
  switch (option) {
    case 'lazy':
      return type === 'boolean' ? undefined : 'true or false';
    case 'as':
      return type === 'string' && value !== '' ? undefined : "a property's name such as 'session'";
    case 'passive':
    case 'serveCrossSite':
      return type === 'boolean' || type === 'function'
        ? undefined
        : 'true, false or a function of the request';
    default:
      return 'left out: the options are lazy, as, passive and serveCrossSite';
  }
}
