import { stringifySetCookie } from 'cookie';
import type { Duration } from '../../common/duration.ts';
import { MAX_LIFETIME, toMilliseconds } from '../../common/duration.ts';
import { configError } from '../../common/errors.ts';
import type { RequestView, ResponseHeader } from '../request-view.ts';
import type { Transport } from './transport.ts';

/** Sets how the cookie is written. `Secure` and `HttpOnly` are not options: a session cookie always has them (OWASP ASVS 3.3.1, 3.3.4). */
export interface CookieOptions {
  /** The name without its prefix. Default `session`. */
  readonly name?: string;
  /** Shares the cookie with the subdomains of this domain. The prefix is then `__Secure-` instead of `__Host-`, since each subdomain can set and read it. */
  readonly domain?: string;
  /** Default `/`. Another path needs a prefix of `__Secure-`. */
  readonly path?: string;
  /** Default `lax`. `none` sends it from other sites' pages too, for embedding; writes from there are refused all the same. */
  readonly sameSite?: 'strict' | 'lax' | 'none';
  /** Keeps a separate cookie for each site that embeds yours (CHIPS). Default false. */
  readonly partitioned?: boolean;
  /** The order in which Chromium drops cookies when there are too many. Default: not sent. */
  readonly priority?: 'low' | 'medium' | 'high';
  /** Lets the browser keep the cookie over a restart for this long, 400 days at most. Default: only for sessions signed in with `remember`, as long as they can live. */
  readonly maxAge?: Duration;
  /**
   * Writes a plain cookie without `Secure` and prefix, for Safari on http://localhost. `ERR_CONFIG` where NODE_ENV is production.
   *
   * Danger: such a cookie travels in clear text and can be overwritten by a subdomain.
   */
  readonly development?: boolean;
}

/** The most cookies of one name that are tried: a browser sends more only where somebody has planted them. */
const MOST_COOKIES = 4;
const NAME = /^[A-Za-z0-9][\w.-]*$/;
const DOMAIN = /^[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?$/;
const PATH = /^\/[\w./-]*$/;
const KNOWN = ['name', 'domain', 'path', 'sameSite', 'partitioned', 'priority', 'maxAge', 'development'];

/**
 * Carries the token in a cookie: by default `__Host-session`, `Secure`, `HttpOnly`, `SameSite=Lax`, `Path=/` and no `Domain` (RFC 6265bis; OWASP ASVS 3.3).
 *
 * `Secure` never depends on what the socket looks like, so a proxy that ends TLS cannot lose the cookie. Chromium, Firefox and curl accept it on http://localhost too.
 */
export function cookie(options: CookieOptions = {}): Transport {
  const { name = 'session', domain, path = '/', sameSite = 'lax', partitioned = false, priority } = options;
  check(options);
  const development = options.development === true;
  const persistent =
    options.maxAge === undefined ? undefined : toMilliseconds('cookie maxAge', options.maxAge);
  const prefix = development ? '' : domain === undefined && path === '/' ? '__Host-' : '__Secure-';
  const fullName = prefix + name;
  const attributes = {
    path,
    sameSite,
    httpOnly: true,
    secure: !development,
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
    kind: 'cookie',
    vary: 'Cookie',
    present: (request) => cookieValues(request, fullName),
    grant: (token, lifetime) => write(token, lifetime ?? persistent),
    clear: () => write('', 0),
    safeguards: [],
  };
}

/** Finds the values of a cookie by its exact name. They are not decoded: a token has one spelling. */
function cookieValues(request: RequestView, name: string): readonly string[] {
  const line = request.header('cookie');
  if (line === undefined) return NONE;
  const values: string[] = [];
  for (let start = 0; start < line.length && values.length < MOST_COOKIES; ) {
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

/** Takes spaces and tabs off both ends of a part, and nothing else that Unicode calls a space: with one before it a name has no prefix to a browser. */
function trimmed(text: string, from: number, to: number): string {
  const start = afterBlanks(text, from);
  let end = to;
  while (start < end && isBlank(text, end - 1)) end -= 1;
  return text.slice(start, end);
}

function afterBlanks(text: string, from: number): number {
  let at = from;
  while (isBlank(text, at)) at += 1;
  return at;
}

function isBlank(text: string, at: number): boolean {
  return text[at] === ' ' || text[at] === '\t';
}

const NONE: readonly string[] = [];

function check(options: CookieOptions): void {
  const { name, domain, path, sameSite, priority, partitioned, development } = options;
  const unknown = Object.keys(options).find((key) => !KNOWN.includes(key));
  if (unknown !== undefined) {
    throw configError(
      `cookie({ ${unknown} })`,
      unknown,
      `one of ${KNOWN.join(', ')} (Secure and HttpOnly are always set)`,
    );
  }
  if (name !== undefined && !NAME.test(name)) {
    throw configError(
      'cookie name',
      name,
      "letters, digits, '_', '-' and '.', without a prefix such as __Host-",
    );
  }
  if (domain !== undefined && !DOMAIN.test(domain))
    throw configError('cookie domain', domain, "a host name such as 'example.com'");
  if (path !== undefined && !PATH.test(path))
    throw configError('cookie path', path, "a path such as '/' or '/shop'");
  if (sameSite !== undefined && !['strict', 'lax', 'none'].includes(sameSite)) {
    throw configError('cookie sameSite', sameSite, "'strict', 'lax' or 'none'");
  }
  if (priority !== undefined && !['low', 'medium', 'high'].includes(priority)) {
    throw configError('cookie priority', priority, "'low', 'medium' or 'high'");
  }
  for (const [key, value] of Object.entries({ partitioned, development })) {
    if (value !== undefined && typeof value !== 'boolean')
      throw configError(`cookie ${key}`, value, 'true or false');
  }
  if (development === true && nodeEnvironment() === 'production') {
    throw configError(
      'cookie development',
      true,
      'left out where NODE_ENV is production: the cookie would travel without Secure',
    );
  }
}

/** Reads NODE_ENV where there is one; the core runs outside Node too. */
function nodeEnvironment(): unknown {
  const { process } = globalThis as { process?: { env?: Record<string, unknown> } };
  return process?.env?.['NODE_ENV'];
}
