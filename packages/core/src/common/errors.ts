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
  ERR_STORE_UNAVAILABLE: 503,
} as const;

/** What an answer says to a client that has made a mistake. */
const REASONS: Readonly<Record<number, string>> = {
  403: 'Forbidden',
  409: 'Conflict',
  413: 'Content Too Large',
};

/** Names what went wrong. The set is closed: a new member is a new major version. */
export type SessionErrorCode = keyof typeof STATUS;

/**
 * Tells a program what went wrong by `code`, and a person by `message`. It carries no token, no secret and no data.
 */
export class SessionError extends Error {
  /** What went wrong. */
  readonly code: SessionErrorCode;
  /** The HTTP status that Express and Koa answer with where nobody handles the error, and Hono where it is below 500; the others Hono logs and answers with 500. */
  readonly status: number;

  /** Makes an error of one of the known codes; `cause` must not carry anything secret. */
  constructor(code: SessionErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'SessionError';
    this.code = code;
    this.status = STATUS[code];
    const reason = REASONS[this.status];
    // Hono answers with what an error has as `getResponse`, and then logs nothing: so the server's own failures have none.
    if (reason !== undefined) {
      const getResponse = () => new Response(reason, { status: this.status });
      Object.defineProperty(this, 'getResponse', { value: getResponse });
    }
  }
}
