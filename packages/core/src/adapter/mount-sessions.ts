import { configError, SessionError } from '../common/errors.ts';
import type { RequestView } from '../http/request-view.ts';
import type { OpenOptions, Sessions, Visit } from '../session/session-types.ts';
import type { AdapterOptions } from './adapter-options.ts';

/** What an adapter needs for each request: its options, checked and with their defaults. */
export interface SessionMount<Data, Request> {
  readonly name: string;
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
   * the next handler, and pass a rejection to the framework's error handling.
   *
   * @throws SessionError `ERR_CROSS_SITE`, `ERR_STORE_UNAVAILABLE`
   */
  admit(visit: Visit<Data>, request: Request): Promise<unknown>;
}

/**
 * Checks the arguments of an adapter's `session()` and returns what it needs for each request.
 *
 * @throws SessionError `ERR_CONFIG` if `sessions` is not the result of `createSessions()`, or an option is unknown or invalid
 */
export function mountSessions<Data, Request>(
  sessions: Sessions<Data>,
  options: AdapterOptions<Request>,
): SessionMount<Data, Request> {
  checkSessions(sessions, 'session(sessions)');
  return mount(sessions, () => sessions, options);
}

/**
 * The same for sessions that exist only within a request, such as those over a binding of Cloudflare Workers. `select` is called for each request, and should
 * return the same `Sessions` for the same binding.
 *
 * @throws SessionError `ERR_CONFIG` if `select` is not a function, or an option is unknown or invalid. `open` throws it if `select` returns anything else
 */
export function mountSelectedSessions<Data, Request>(
  select: (request: Request) => Sessions<Data>,
  options: AdapterOptions<Request>,
): SessionMount<Data, Request> {
  if (typeof select !== 'function') throw configError('session(select)', select, 'a function of the request');
  const selectChecked = (request: Request) => {
    const sessions = select(request);
    checkSessions(sessions, 'What the function in session((c) => sessions) returns');
    return sessions;
  };
  return mount(select, selectChecked, options);
}

function mount<Data, Request>(
  source: unknown,
  select: (request: Request) => Sessions<Data>,
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
  const admit = (visit: Pick<Visit<unknown>, 'session' | 'refuseCrossSite'>, request: Request) => {
    try {
      visit.refuseCrossSite();
    } catch (error) {
      const isServed = typeof serveCrossSite === 'function' ? serveCrossSite(request) : serveCrossSite;
      if (!isServed) return Promise.reject(error);
    }
    return lazy ? DONE : visit.session.load();
  };
  return {
    name,
    lazy,
    open: (view, request, how) => {
      const isPassive = typeof passive === 'function' ? passive(request) : passive;
      const sessions = select(request);
      const visit = sessions.open(
        view,
        how ? { ...how, passive: isPassive } : isPassive ? PASSIVE : undefined,
      );
      OPENED.set(visit.session, { sessions, source, visit });
      return visit;
    },
    rejoin: async (present, request) => {
      const opened = typeof present === 'object' && present !== null ? OPENED.get(present) : undefined;
      if (opened === undefined) throw taken(name);
      if (opened.source !== source && opened.sessions !== select(request)) throw taken(name);
      await admit(opened.visit, request);
    },
    attach: (holder: Holder, session) => {
      if (name in holder) throw taken(name);
      holder[slot] = session;
      Object.defineProperty(holder, name, property);
    },
    admit,
  };
}

/** Makes the error for a name that the request already has. */
export function taken(name: string): SessionError {
  return new SessionError(
    'ERR_CONFIG',
    `The request already has a property ${name}, which is not a session of these sessions. Give it another name: session(sessions, { as: 'name' }).`,
  );
}

/** The sessions that adapters have opened, with what opened them. */
const OPENED = /* @__PURE__ */ new WeakMap<
  object,
  {
    readonly sessions: unknown;
    readonly source: unknown;
    readonly visit: Pick<Visit<unknown>, 'session' | 'refuseCrossSite'>;
  }
>();
const PASSIVE = { passive: true };
const DONE = Promise.resolve();

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
