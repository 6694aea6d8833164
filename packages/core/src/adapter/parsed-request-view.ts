import type { RequestView } from '../http/request-view.ts';

/** A request as Express, Koa, Fastify and similar frameworks have it: parsed, and with their proxy settings applied. */
export interface ParsedRequest {
  /** The method, in capitals. */
  readonly method: string;
  /** The headers, by their names in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** The host that the client addressed, with its port. */
  readonly host?: string | undefined;
  /** The request target, as it arrived. Only `deviceBinding` and `dpop()` need it. */
  readonly originalUrl?: string | undefined;
  /** The client's address. */
  readonly ip?: string | undefined;
  /** `https` or `http`. */
  readonly protocol?: string | undefined;
  /** The query parameters by name. */
  readonly query?: unknown;
  /** The form's fields by name, if a body parser ran. */
  readonly body?: unknown;
}

/**
 * Shows a parsed request to the core. Each part is read when the core needs it.
 *
 * @example
 * ```ts
 * const { method = 'GET', headers, socket } = req;
 * const visit = sessions.open(new ParsedRequestView({ method, headers, host: headers.host, ip: socket.remoteAddress }));
 * ```
 */
export class ParsedRequestView implements RequestView {
  readonly #request: ParsedRequest;

  constructor(request: ParsedRequest) {
    this.#request = request;
  }

  get method(): string {
    return this.#request.method;
  }

  get host(): string | undefined {
    return this.#request.host;
  }

  get path(): string | undefined {
    return this.#request.originalUrl?.split('?', 1)[0];
  }

  get isSecure(): boolean {
    return this.#request.protocol === 'https';
  }

  get ip(): string | undefined {
    return this.#request.ip;
  }

  header(name: string): string | undefined {
    const value = this.#request.headers[name];
    return typeof value === 'object' ? value.join(name === 'cookie' ? '; ' : ', ') : value;
  }

  query(name: string): string | undefined {
    return firstString(this.#request.query, name);
  }

  form(name: string): string | undefined {
    return firstString(this.#request.body, name);
  }
}

/** Returns the first string under a name in fields that a parser made. A value may be a string, a list or something nested. */
function firstString(fields: unknown, name: string): string | undefined {
  if (typeof fields !== 'object' || fields === null) return undefined;
  const value: unknown = Reflect.get(fields, name);
  const first: unknown = Array.isArray(value) ? value[0] : value;
  return typeof first === 'string' ? first : undefined;
}
