import { stringifySetCookie } from 'cookie';
import type { Duration } from '../../common/duration.ts';
import { MAX_LIFETIME, toMilliseconds } from '../../common/duration.ts';
import { nodeEnvironment } from '../../common/environment.ts';
import { configError } from '../../common/errors.ts';
import type { RequestView, ResponseHeader } from '../request-view.ts';
import { checkDomain } from './cookie-domain.ts';
import type { Transport } from './transport.ts';

/** Sets the cookie's name and attributes. `Secure` and `HttpOnly` are not options: a session cookie always has them (OWASP ASVS 3.3.1, 3.3.4). */
export interface CookieOptions {
  /** The name without its prefix. Default: `session`. */
  readonly name?: string;
  /**
   * Writes the name as it is, such as `__session` for a host that forwards no other cookie. Default: false.
   *
   * Danger: without `__Host-` or `__Secure-`, a subdomain can overwrite the cookie, and so can someone on the network of a visitor who opens a page without TLS.
   */
  readonly withoutPrefix?: boolean;
  /** Shares the cookie with all subdomains of this domain. Each of them can then read and set it, so the prefix becomes `__Secure-`. Neither an IP address nor a public suffix such as `co.uk`, of which the common ones are recognized. Default: this host only. */
  readonly domain?: string;
  /** Default: `/`. With another path the prefix becomes `__Secure-`. */
  readonly path?: string;
  /** Default: `lax`. `none` also sends the cookie from pages of other sites, for embedding; writes from there are still rejected. */
  readonly sameSite?: 'strict' | 'lax' | 'none';
  /** Keeps a separate cookie for each site that embeds yours (CHIPS). Default: false. */
  readonly partitioned?: boolean;
  /** The order in which Chromium drops cookies when there are too many. Default: no attribute. */
  readonly priority?: 'low' | 'medium' | 'high';
  /** Keeps the cookie for this long when the browser restarts: at least `renewAfter` (or 30 s + 2 × `renewalGrace`, if that is longer) + 2 × `idleTimeout`, or the absolute timeout; at most 400 days. Default: until the browser closes; with `signIn(id, { remember: true })` until the session's absolute deadline. */
  readonly maxAge?: Duration;
  /**
   * Drops `Secure` and the prefix, for Safari on http://localhost. Default: false. Rejected if NODE_ENV is `production`.
   *
   * Danger: such a cookie travels in clear text, and a subdomain can overwrite it.
   */
  readonly development?: boolean;
  /**
   * Drops `Secure` and the prefix in production too, for an intranet without TLS. The value must be the sentence in the type, so that nobody sets it by
   * chance; the event `warning` tells of it at each start.
   *
   * Danger: everyone on the network can read such a cookie and take over the session, and a subdomain can overwrite it.
   */
  readonly insecure?: 'I accept that anyone on this network can take over sessions';
}

const INSECURE = 'I accept that anyone on this network can take over sessions';

/** How many cookies of one name are tried. A browser sends more only if somebody planted them. */
const MAX_COOKIES = 4;
const NAME = /^[A-Za-z0-9][\w.-]*$/;
const NAME_WITHOUT_PREFIX = /^(?!__(?:host|secure|http)-)\w[\w.-]*$/i;
const PATH = /^\/[\w./-]*$/;
const KNOWN = [
  'name',
  'withoutPrefix',
  'domain',
  'path',
  'sameSite',
  'partitioned',
  'priority',
  'maxAge',
  'development',
  'insecure',
];
const SECOND = 1000;
const INSECURE_WARNING =
  'cookie({ insecure }) sends session cookies without TLS: anyone on the network can take over sessions. Serve the site over https as soon as you can.';

/**
 * Carries the token in a cookie. Default: `__Host-session; Path=/; Secure; HttpOnly; SameSite=Lax` without `Domain` (RFC 6265bis; OWASP ASVS 3.3).
 *
 * `Secure` does not depend on the connection, so the cookie also works behind a proxy that ends TLS. Chromium, Firefox and curl accept it on http://localhost too.
 *
 * @example
 * ```ts
 * createSessions({ store, transports: [cookie({ name: 'shop', sameSite: 'strict' })] });
 * ```
 *
 * @throws SessionError `ERR_CONFIG` if an option is unknown or invalid
 */
export function cookie(options: CookieOptions = {}): Transport {
  const { name = 'session', domain, path = '/', sameSite = 'lax', partitioned = false, priority } = options;
  check(options);
  const isPlain = options.development === true || options.insecure !== undefined;
  const persistent =
    options.maxAge === undefined ? undefined : toMilliseconds('cookie maxAge', options.maxAge);
  if (persistent !== undefined && persistent < SECOND) {
    throw configError('cookie maxAge', options.maxAge, 'at least a second, which is the unit of Max-Age');
  }
  const hasPrefix = !isPlain && options.withoutPrefix !== true;
  const prefix = !hasPrefix ? '' : domain === undefined && path === '/' ? '__Host-' : '__Secure-';
  const fullName = prefix + name;
  const attributes = {
    path,
    sameSite,
    httpOnly: true,
    secure: !isPlain,
    partitioned,
    ...(domain !== undefined && { domain }),
    ...(priority !== undefined && { priority }),
  };
  const write = (value: string, lifetime: number | undefined): readonly ResponseHeader[] => {
    const maxAge =
      lifetime === undefined ? {} : { maxAge: Math.floor(Math.min(lifetime, MAX_LIFETIME) / 1000) };
    const line = stringifySetCookie({ name: fullName, value, ...attributes, ...maxAge }, { encode: String });
    return [['set-cookie', line, 'append']];
  };
  return {
    sentAutomatically: true,
    inPageOrUrl: false,
    vary: 'Cookie',
    maxAge: persistent,
    warning: options.insecure === undefined ? undefined : INSECURE_WARNING,
    read: (request) => cookieValues(request, fullName),
    issue: (token, lifetime) => write(token, lifetime ?? persistent),
    clear: () => write('', 0),
  };
}

/** Finds the values of a cookie by its exact name. They are not decoded, since a token has only one spelling. */
export function cookieValues(request: RequestView, name: string): readonly string[] {
  const line = request.header('cookie');
  if (line === undefined) return NONE;
  const values: string[] = [];
  for (let start = 0; start < line.length && values.length < MAX_COOKIES; ) {
    let end = line.indexOf(';', start);
    if (end === -1) end = line.length;
    const nameStart = afterBlanks(line, start);
    const equals = line.startsWith(name, nameStart) ? afterBlanks(line, nameStart + name.length) : end;
    if (line[equals] === '=') {
      const value = trimmed(line, equals + 1, end);
      if (!values.includes(value)) values.push(value);
    }
    start = end + 1;
  }
  return values;
}

/** Removes spaces and tabs from both ends, and no other white space: a browser does not enforce the prefix of a name that begins with one. */
function trimmed(line: string, from: number, to: number): string {
  const start = afterBlanks(line, from);
  let end = to;
  while (start < end && isBlank(line, end - 1)) end -= 1;
  return line.slice(start, end);
}

function afterBlanks(line: string, from: number): number {
  let at = from;
  while (isBlank(line, at)) at += 1;
  return at;
}

function isBlank(line: string, at: number): boolean {
  return line[at] === ' ' || line[at] === '\t';
}

const NONE: readonly string[] = [];

function check(options: CookieOptions): void {
  const { name, domain, path, sameSite, priority, partitioned, development, withoutPrefix, insecure } =
    options;
  const unknown = Object.keys(options).find((key) => !KNOWN.includes(key));
  if (unknown !== undefined) {
    throw configError(
      `cookie({ ${unknown} })`,
      unknown,
      `one of ${KNOWN.join(', ')} (Secure and HttpOnly are always set)`,
    );
  }
  if (name !== undefined && !(withoutPrefix === true ? NAME_WITHOUT_PREFIX : NAME).test(name)) {
    throw configError(
      'cookie name',
      name,
      "letters, digits, '_', '-' and '.', without a prefix such as __Host- (for a fixed name such as __session, set withoutPrefix: true)",
    );
  }
  if (domain !== undefined) checkDomain(domain);
  if (path !== undefined && !PATH.test(path))
    throw configError('cookie path', path, "a path such as '/' or '/shop'");
  if (sameSite !== undefined && !['strict', 'lax', 'none'].includes(sameSite)) {
    throw configError('cookie sameSite', sameSite, "'strict', 'lax' or 'none'");
  }
  if (priority !== undefined && !['low', 'medium', 'high'].includes(priority)) {
    throw configError('cookie priority', priority, "'low', 'medium' or 'high'");
  }
  for (const [key, value] of Object.entries({ partitioned, development, withoutPrefix })) {
    if (value !== undefined && typeof value !== 'boolean')
      throw configError(`cookie ${key}`, value, 'true or false');
  }
  if (insecure !== undefined && insecure !== INSECURE) {
    throw configError('cookie insecure', insecure, `left out, or '${INSECURE}'`);
  }
  if ((development === true || insecure !== undefined) && (sameSite === 'none' || partitioned === true)) {
    const [option, value] = sameSite === 'none' ? ['sameSite', sameSite] : ['partitioned', partitioned];
    throw configError(
      `cookie ${option}`,
      value,
      'left out with development or insecure, since browsers reject it without Secure',
    );
  }
  if (development === true && nodeEnvironment() === 'production') {
    throw configError(
      'cookie development',
      true,
      'left out if NODE_ENV is production, since the cookie would travel without Secure',
    );
  }
}
