import { configError, SessionError } from '../common/errors.ts';
import type { RequestView } from '../http/request-view.ts';
import type { Sessions, Visit } from '../session/session-types.ts';
import type { AdapterOptions } from './adapter-options.ts';

/** Holds what an adapter needs for each request, its options checked and their defaults filled in. */
export interface SessionMount<Data, Request> {
  readonly name: string;
  readonly lazy: boolean;
  /** Opens a visit, passive where the option says so. No I/O. */
  open(view: RequestView, request: Request): Visit<Data>;
  /**
   * Puts the session on the framework's request under its name. An assignment to that property throws, since it would sign nobody out.
   *
   * Errors: `ERR_CONFIG` where the property is taken, by the framework or by a second `session()` with the same name.
   */
  attach(holder: object, session: Visit<Data>['session']): void;
}

/**
 * Checks what an adapter's `session()` was given.
 *
 * Errors: `ERR_CONFIG`.
 */
export function mountSessions<Data, Request>(
  sessions: Sessions<Data>,
  options: AdapterOptions<Request>,
): SessionMount<Data, Request> {
  check(sessions, options);
  const { lazy = false, as: name = 'session', passive = false } = options;
  const slot: unique symbol = Symbol(name);
  interface Holder {
    [slot]?: Visit<Data>['session'];
  }
  // One descriptor for all requests: its functions read the slot, so that none is made for each request.
  const property: PropertyDescriptor & ThisType<Holder> = {
    get() {
      return this[slot];
    },
    set() {
      throw new TypeError(
        `${name} cannot be assigned: that would end no session. Write await ${name}.destroy() to end it, or await ${name}.update() to change its data.`,
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
  };
}

/** Makes the error for a name that the request has already. */
export function taken(name: string): SessionError {
  return new SessionError(
    'ERR_CONFIG',
    `The request has a property ${name} already. Mount session() once for each name, or give it another: session(sessions, { as: 'name' }).`,
  );
}

const PASSIVE = { passive: true };

function check(sessions: unknown, options: object): void {
  if (typeof sessions !== 'object' || sessions === null || !('open' in sessions)) {
    throw configError('session(sessions)', sessions, 'what createSessions() returned');
  }
  for (const [option, value] of Object.entries(options)) {
    const right = value === undefined ? undefined : expected(option, value);
    if (right !== undefined) throw configError(`session option ${option}`, value, right);
  }
}

/** Says what would be right for an option, where the value given is not. */
function expected(option: string, value: unknown): string | undefined {
  const type = typeof value;
  switch (option) {
    case 'lazy':
      return type === 'boolean' ? undefined : 'true or false';
    case 'as':
      return type === 'string' && value !== '' ? undefined : "a property's name such as 'session'";
    case 'passive':
      return type === 'boolean' || type === 'function'
        ? undefined
        : 'true, false or a function of the request';
    default:
      return 'left out: the options are lazy, as and passive';
  }
}
