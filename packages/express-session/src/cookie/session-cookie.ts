import { stringifySetCookie } from 'cookie';
import type { JsonObject } from '../data/json.ts';

/** Sets the attributes of the session's cookie, as express-session does. */
export interface CookieAttributes {
  /** Milliseconds; null or undefined: until the browser closes. */
  maxAge?: number | null | undefined;
  /** Prefer `maxAge`. */
  expires?: Date | null | undefined;
  /** The host whose subdomains get the cookie too. Default: only the host itself. */
  domain?: string | undefined;
  /** Default: `/`. */
  path?: string | undefined;
  /** Ignored: the cookie is always `HttpOnly`. */
  httpOnly?: boolean | undefined;
  /** Whether the browser sends the cookie over HTTPS only. */
  secure?: boolean | undefined;
  /** Whether pages of other sites may send the cookie; true means `strict`. */
  sameSite?: boolean | 'lax' | 'strict' | 'none' | undefined;
  /** Whether a frame in another site has a cookie of its own (CHIPS). */
  partitioned?: boolean | undefined;
  /** How late the browser removes the cookie when it has too many. */
  priority?: 'low' | 'medium' | 'high' | undefined;
}

/** Tells whether a cookie has all that the class below gives it, which a clone lacks. */
let isWhole: (cookie: object) => cookie is SessionCookie;

/**
 * The cookie of one session, as `req.session.cookie`. Its attributes may be changed until the response begins.
 *
 * @example
 * ```ts
 * req.session.cookie.maxAge = 30 * 24 * 3_600_000;
 * ```
 */
export class SessionCookie implements CookieAttributes {
  path: string = '/';
  httpOnly: boolean = true;
  // Without a value they are no properties, so that a copy of the cookie has none either.
  declare domain?: string | undefined;
  declare secure?: boolean | undefined;
  declare sameSite?: CookieAttributes['sameSite'];
  declare partitioned?: boolean | undefined;
  declare priority?: CookieAttributes['priority'];
  /** The lifetime that each use starts again, in milliseconds. */
  originalMaxAge: number | null = null;
  #expires: Date | null = null;

  static {
    isWhole = (cookie): cookie is SessionCookie => #expires in cookie;
  }

  constructor(attributes: CookieAttributes = {}) {
    if (typeof attributes !== 'object') throw new TypeError('argument options must be a object');
    const { expires, maxAge, path, httpOnly, domain, secure, sameSite, partitioned, priority } = attributes;
    if (path !== undefined) this.path = path;
    if (httpOnly !== undefined) this.httpOnly = httpOnly;
    if (domain !== undefined) this.domain = domain;
    if (secure !== undefined) this.secure = secure;
    if (sameSite !== undefined) this.sameSite = sameSite;
    if (partitioned !== undefined) this.partitioned = partitioned;
    if (priority !== undefined) this.priority = priority;
    if (maxAge !== undefined && maxAge !== null) this.maxAge = maxAge;
    else if (expires !== undefined) this.expires = expires;
  }

  get expires(): Date | null {
    return this.#expires;
  }

  /** Takes the string of a copy by JSON too. A false value: until the browser closes. */
  set expires(date: Date | null | undefined) {
    const given: unknown = date;
    if (!given) this.#expires = null;
    else this.#expires = given instanceof Date ? given : new Date(typeof given === 'string' ? given : NaN);
    this.originalMaxAge = this.maxAge;
  }

  get maxAge(): number | null {
    return this.#expires === null ? null : this.#expires.valueOf() - Date.now();
  }

  set maxAge(milliseconds: number | null | undefined) {
    const given: unknown = milliseconds;
    if (typeof given !== 'number') {
      if (given && !(given instanceof Date)) throw new TypeError('maxAge must be a number or Date');
      this.expires = given instanceof Date ? given : null;
      return;
    }
    this.#expires = new Date(Date.now() + given);
    // Not computed from the clock, which may have moved on by a millisecond.
    this.originalMaxAge = given;
  }

  /** Starts the lifetime again. */
  reset(): void {
    this.maxAge = this.originalMaxAge;
  }

  /** Returns the attributes, as express-session shows them. */
  get data(): object {
    return this.toJSON();
  }

  /** Writes a `Set-Cookie` line. */
  serialize(name: string, value: string): string {
    const { path, domain, sameSite, partitioned, priority, secure } = this;
    if (this.#expires !== null && Number.isNaN(this.#expires.valueOf())) {
      throw new TypeError('option expires is invalid');
    }
    return stringifySetCookie(
      {
        name,
        value,
        path,
        httpOnly: true,
        ...(this.#expires !== null && { expires: this.#expires }),
        ...(domain !== undefined && { domain }),
        ...(secure === true && { secure }),
        ...(partitioned === true && { partitioned }),
        ...(priority !== undefined && { priority }),
        ...(sameSite !== undefined &&
          sameSite !== false && { sameSite: sameSite === true ? 'strict' : sameSite }),
      },
      // As express-session writes it.
      { encode: encodeURIComponent },
    );
  }

  /** Returns the attributes, as express-session stored them. */
  toJSON(): object {
    const { originalMaxAge, partitioned, priority, expires, secure, httpOnly, domain, path, sameSite } = this;
    return { originalMaxAge, partitioned, priority, expires, secure, httpOnly, domain, path, sameSite };
  }
}

/** The attributes that a session can change for itself, and that its record keeps. */
const KEPT = ['originalMaxAge', 'domain', 'path', 'secure', 'sameSite', 'partitioned', 'priority'] as const;

/** Returns the attributes that a record can keep. */
export function keptOf(cookie: SessionCookie): readonly unknown[] {
  return KEPT.map((name) => cookie[name]);
}

/** Returns what a session changed of its cookie, for its record; undefined if it changed nothing. */
export function overridesOf(cookie: SessionCookie, defaults: SessionCookie): JsonObject | undefined {
  const overrides: JsonObject = {};
  for (const name of KEPT) {
    const value = cookie[name] ?? null;
    if (value === (defaults[name] ?? null) || Number.isNaN(value)) continue;
    overrides[name] = value;
  }
  return Object.keys(overrides).length === 0 ? undefined : overrides;
}

/** Makes the cookie of a session from the defaults and what its record keeps. */
export function restoreCookie(cookie: SessionCookie, overrides: unknown): SessionCookie {
  if (typeof overrides !== 'object' || overrides === null) return cookie;
  for (const name of KEPT) {
    if (!Object.hasOwn(overrides, name)) continue;
    const value: unknown = Reflect.get(overrides, name);
    Reflect.set(cookie, name === 'originalMaxAge' ? 'maxAge' : name, value ?? undefined);
  }
  return cookie;
}

/** Returns the cookie of a session; one that the app put in its place, such as a copy, becomes a whole one. */
export function asCookie(cookie: CookieAttributes & { originalMaxAge?: number | null }): SessionCookie {
  if (isWhole(cookie)) return cookie;
  // A clone has no accessors of its own.
  const { originalMaxAge, ...attributes } = { ...cookie };
  const { maxAge = originalMaxAge, expires } = attributes;
  const isCopy = expires === undefined || typeof expires === 'string';
  return new SessionCookie(isCopy ? { ...attributes, maxAge } : attributes);
}
