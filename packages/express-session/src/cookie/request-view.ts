import type { IncomingMessage } from 'node:http';
import type { RequestView, ResponseHeader, Transport } from '@coatcheck/core';
import { sign, unsign } from 'cookie-signature';

/** A request as Connect or Express show it. */
export interface ConnectRequest extends IncomingMessage {
  readonly app?: unknown;
  readonly ip?: string | undefined;
  readonly secure?: boolean | undefined;
  readonly originalUrl?: string | undefined;
  readonly query?: unknown;
  readonly body?: unknown;
  readonly cookies?: unknown;
  readonly signedCookies?: unknown;
  /** Set by cookie-parser. */
  readonly secret?: unknown;
}

/** A key that signs cookies. */
export type Secret = string | Buffer;

/** The names by which the view and the transport below hand tokens to each other. No client can send them: only the view returns them. */
const TOKENS = 'coatcheck-tokens';
/** The same for the attributes of the cookie that the response sends. */
const ATTRIBUTES = 'coatcheck-cookie-attributes';
/** The response header in which the transport passes the token to send; empty if the client is to forget its token. */
export const TOKEN_HEADER = 'coatcheck-token';

/** What a value with a wrong signature counts as: a token that no session has. */
export const FORGED = 'forged';

/** Shows a request to the core, with the tokens of its cookies. */
export class CookieRequestView implements RequestView {
  readonly #req: ConnectRequest;
  readonly #proxy: boolean | undefined;
  readonly #attributes: () => string;
  /** The tokens that the request presents; `FORGED` in place of one whose signature is wrong. */
  readonly tokens: readonly string[];

  constructor(
    req: ConnectRequest,
    how: { readonly proxy: boolean | undefined; readonly attributes: () => string },
    tokens: readonly string[],
  ) {
    this.#req = req;
    this.#proxy = how.proxy;
    this.#attributes = how.attributes;
    this.tokens = tokens;
  }

  get method(): string {
    return this.#req.method ?? 'GET';
  }

  get host(): string | undefined {
    const { headers } = this.#req;
    const forwarded = this.header('x-forwarded-host');
    return forwarded && this.#trustsProxy() ? forwarded.split(',', 1)[0]?.trim() : headers.host;
  }

  /** What the browser used counts: a trusted proxy may take plain HTTP and pass it on over TLS. */
  get isSecure(): boolean {
    const forwarded = this.header('x-forwarded-proto');
    if (forwarded !== undefined && this.#trustsProxy()) return forwarded.split(',', 1)[0]?.trim() === 'https';
    return isSecure(this.#req, this.#proxy);
  }

  get ip(): string | undefined {
    return this.#req.ip ?? this.#req.socket?.remoteAddress;
  }

  header(name: string): string | undefined {
    if (name === TOKENS) return this.tokens.join(' ');
    if (name === ATTRIBUTES) return this.#attributes();
    const value = this.#req.headers[name];
    return typeof value === 'object' ? value.join(name === 'cookie' ? '; ' : ', ') : value;
  }

  query(): undefined {}

  form(): undefined {}

  /** Follows the option `proxy`, or "trust proxy" of Express if the option is left out. */
  #trustsProxy(): boolean {
    if (this.#proxy !== undefined) return this.#proxy;
    const { app } = this.#req;
    if (!hasSettings(app)) return false;
    const trusts = app.get('trust proxy fn');
    return typeof trusts === 'function' && trusts(this.#req.socket.remoteAddress, 0) === true;
  }
}

/** Tells whether the connection is secure, by the option `proxy` or as Express says. */
export function isSecure(req: ConnectRequest, proxy: boolean | undefined): boolean {
  if ('encrypted' in req.socket && req.socket.encrypted === true) return true;
  if (proxy === false) return false;
  if (proxy === undefined) return req.secure === true;
  const forwarded = req.headers['x-forwarded-proto'];
  const first = (Array.isArray(forwarded) ? forwarded[0] : forwarded)?.split(',', 1)[0];
  return first?.trim().toLowerCase() === 'https';
}

/** Hands tokens between the core and the view above, which reads and writes the cookie itself, since its attributes depend on the request. */
export const tokenTransport: Transport = {
  sentAutomatically: true,
  inPageOrUrl: false,
  vary: 'Cookie',
  cookieAttributes: (request) => request.header(ATTRIBUTES),
  read: (request) => request.header(TOKENS)?.split(' ').filter(Boolean) ?? [],
  issue: (token): readonly ResponseHeader[] => [[TOKEN_HEADER, token, 'set']],
  clear: (): readonly ResponseHeader[] => [[TOKEN_HEADER, '', 'set']],
};

/** Reads the values of the session cookie. cookie-parser's results are asked only if the header has none. */
export function cookieValues(req: ConnectRequest, name: string): readonly string[] {
  const values: string[] = [];
  for (const pair of (req.headers.cookie ?? '').split(';')) {
    const equals = pair.indexOf('=');
    if (equals > 0 && pair.slice(0, equals).trim() === name)
      values.push(decode(pair.slice(equals + 1).trim()));
  }
  if (values.length > 0) return values.slice(0, MAX_COOKIES);
  const signed = field(req.signedCookies, name);
  // cookie-parser has checked and removed the signature.
  if (signed !== undefined) return [`${VERIFIED}${signed}`];
  const plain = field(req.cookies, name);
  return plain === undefined ? [] : [plain];
}

/** Tells whether a cookie's value has the form of a signed one, as `writeSigned` makes it. */
export function isSigned(value: string | undefined): value is string {
  return value?.startsWith(SIGNED) === true;
}

/** Reads what a cookie's value signs; undefined if it is not signed with one of the secrets. */
export function readSigned(value: string, secrets: readonly Secret[]): string | undefined {
  if (value.startsWith(VERIFIED)) return value.slice(VERIFIED.length);
  if (!value.startsWith(SIGNED)) return undefined;
  for (const secret of secrets) {
    const token = unsign(value.slice(SIGNED.length), secret);
    if (token !== false) return token;
  }
  return undefined;
}

/** Writes a token as the value of the cookie. */
export function writeSigned(token: string, secret: Secret): string {
  return SIGNED + sign(token, secret);
}

/** How many cookies of one name are tried. A browser sends more only if somebody planted them. */
const MAX_COOKIES = 4;
/** What express-session and cookie-parser begin a signed value with. */
const SIGNED = 's:';
/** No cookie can contain it. */
const VERIFIED = '\u0000';

function decode(value: string): string {
  const bare = value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1) : value;
  try {
    return decodeURIComponent(bare).replaceAll(VERIFIED, '');
  } catch {
    return bare;
  }
}

function field(fields: unknown, name: string): string | undefined {
  if (typeof fields !== 'object' || fields === null || !Object.hasOwn(fields, name)) return undefined;
  const value: unknown = Reflect.get(fields, name);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function hasSettings(app: unknown): app is { get(name: string): unknown } {
  return (
    (typeof app === 'function' || typeof app === 'object') &&
    app !== null &&
    'get' in app &&
    typeof app.get === 'function'
  );
}
