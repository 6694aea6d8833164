const STATUS = {
  ERR_CONFIG: 500,
  ERR_SESSION_NOT_LOADED: 500,
  ERR_SESSION_ENDED: 409,
  ERR_RESPONSE_SEALED: 500,
  ERR_DATA_INVALID: 500,
  ERR_DATA_TOO_LARGE: 413,
  ERR_SESSION_CONTENTION: 503,
  ERR_USER_LIMIT: 409,
  ERR_SIGN_IN_REVOKED: 409,
  ERR_CROSS_SITE: 403,
  ERR_PROOF_REQUIRED: 401,
  ERR_STORE_UNAVAILABLE: 503,
} as const;

/** The body of the response to a client that made a mistake. */
const REASONS: Readonly<Record<number, string>> = {
  401: 'Unauthorized',
  403: 'Forbidden',
  409: 'Conflict',
  413: 'Content Too Large',
};

/** Names an error. The set is closed: a new member is a new major version. */
export type SessionErrorCode = keyof typeof STATUS;

const BRAND = Symbol.for('@coatcheck/core.SessionError');

/**
 * Reports an error: to a program by `code`, to a person by `message`. It contains no token, no secret and no session data.
 *
 * `instanceof` and `SessionError.is` also recognise an error that another installed copy of this package created.
 *
 * @example
 * ```ts
 * try {
 *   await req.session.update({ theme: 'dark' });
 * } catch (error) {
 *   if (SessionError.is(error) && error.code === 'ERR_SESSION_ENDED') return res.redirect('/');
 *   throw error;
 * }
 * ```
 */
export class SessionError extends Error {
  /** Identifies the error; stable across releases. */
  readonly code: SessionErrorCode;
  /** The HTTP status for an error that no handler catches. Express and Koa respond with it; Hono does below 500, and logs the others and responds with 500. */
  readonly status: 401 | 403 | 409 | 413 | 500 | 503;
  /** The same as `status`, for Fastify and Nest. */
  readonly statusCode: 401 | 403 | 409 | 413 | 500 | 503;
  /** Keeps Koa from sending `message` to the client: it is written for the app's developers. */
  readonly expose: false = false;

  /** Creates an error with one of the known codes. `cause` must not contain anything secret. */
  constructor(code: SessionErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'SessionError';
    this.code = code;
    this.status = STATUS[code];
    this.statusCode = this.status;
    Object.defineProperty(this, BRAND, { value: true });
    const reason = REASONS[this.status];
    // Hono responds with an error's `getResponse` and then logs nothing, so the server's own failures have none.
    if (reason !== undefined) {
      const getResponse = () => new Response(reason, { status: this.status });
      Object.defineProperty(this, 'getResponse', { value: getResponse });
    }
  }

  /** Tells whether a value is a `SessionError`, of this copy of the package or another. */
  static is(value: unknown): value is SessionError {
    return typeof value === 'object' && value !== null && BRAND in value;
  }

  /** Makes `instanceof SessionError` mean the same as `SessionError.is`. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    // biome-ignore lint/complexity/noThisInStatic: a subclass inherits this method, and its instances are its own
    const isOwn = this === SessionError;
    // biome-ignore lint/complexity/noThisInStatic: the same
    return isOwn ? SessionError.is(value) : Function.prototype[Symbol.hasInstance].call(this, value);
  }
}

/** Creates the `ERR_CONFIG` error for a wrong option: its name, what is expected, and what was received. */
export function configError(option: string, received: unknown, expected: string): SessionError {
  return new SessionError('ERR_CONFIG', `${option} must be ${expected}; received ${show(received)}.`);
}

function show(value: unknown): string {
  if (typeof value === 'string') return `'${value.length > 40 ? `${value.slice(0, 40)}…` : value}'`;
  if (typeof value === 'function') return 'a function';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object' && value !== null) return 'an object';
  return String(value);
}
