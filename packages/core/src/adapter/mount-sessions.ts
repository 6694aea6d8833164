import { configError, SessionError } from '../common/errors.ts';
import type { RequestView } from '../http/request-view.ts';
import type { Sessions, Visit } from '../session/session-types.ts';
import type { AdapterOptions } from './adapter-options.ts';

/** What an adapter needs for each request: its options, checked and with their defaults. */
export interface SessionMount<Data, Request> {
  readonly name: string;
  readonly lazy: boolean;
  /** Opens a visit, passive if the option says so. No I/O. */
  open(view: RequestView, request: Request): Visit<Data>;
  /**
   * Puts the session on the framework's request under its name. An assignment to that property throws, since it would not sign anyone out.
   *
   * @throws SessionError `ERR_CONFIG` if the request already has the property, from the framework or from another `session()` with the same name
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
  check(sessions, options);
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
  return {
    name,
    lazy,
    open: (view, request) => {
      const isPassive = typeof passive === 'function' ? passive(request) : passive;
      return sessions.open(view, isPassive ? PASSIVE : undefined);
    },
    attach: (holder: Holder, session) => {
      if (name in holder) throw taken(name);
      holder[slot] = session;
      Object.defineProperty(holder, name, property);
    },
    admit: (visit, request) => {
      try {
        visit.refuseCrossSite();
      } catch (error) {
        const isServed = typeof serveCrossSite === 'function' ? serveCrossSite(request) : serveCrossSite;
        if (!isServed) return Promise.reject(error);
      }
      return lazy ? DONE : visit.session.load();
    },
  };
}

/** Makes the error for a name that the request already has. */
export function taken(name: string): SessionError {
  return new SessionError(
    'ERR_CONFIG',
    `The request already has a property ${name}. Mount session() once for each name, or give it another name: session(sessions, { as: 'name' }).`,
  );
}

const PASSIVE = { passive: true };
const DONE = Promise.resolve();

function check(sessions: unknown, options: object): void {
  if (typeof sessions !== 'object' || sessions === null || !('open' in sessions)) {
    throw configError('session(sessions)', sessions, 'what createSessions() returned');
  }
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
