import type { CookieAttributes } from '../cookie/session-cookie.ts';
import { check } from './check.ts';

/** Sets the cookie: express-session's attributes, and `'auto'`. */
export interface CookieOptions extends Omit<CookieAttributes, 'secure' | 'sameSite'> {
  /** Default: true. `'auto'`: on a secure connection. False is rejected if NODE_ENV is `production`. */
  secure?: boolean | 'auto' | undefined;
  /** Default: `lax`. `'auto'`: `none` on a secure connection, otherwise `lax`. */
  sameSite?: CookieAttributes['sameSite'] | 'auto';
}

/** Resolves `'auto'` for a connection that is secure or not. */
export function attributesOf(
  { secure, sameSite, ...others }: CookieOptions,
  isSecure: boolean,
): CookieAttributes {
  return {
    ...others,
    secure: secure === 'auto' ? isSecure : (secure ?? true),
    sameSite: sameSite === 'auto' ? (isSecure ? 'none' : 'lax') : (sameSite ?? 'lax'),
  };
}

/** Checks the attributes of the cookie. */
export function checkCookie(cookie: CookieOptions): CookieOptions {
  check(
    typeof cookie === 'object' && cookie !== null,
    'cookie',
    cookie,
    'an object, or a function that returns one',
  );
  const { secure, httpOnly } = cookie;
  check(
    httpOnly !== false,
    'cookie.httpOnly',
    httpOnly,
    'left out: the cookie of a session is always HttpOnly',
  );
  const isExposed = secure === false && process.env['NODE_ENV'] === 'production';
  check(
    !isExposed,
    'cookie.secure',
    secure,
    "true, 'auto' or left out if NODE_ENV is production, since the cookie would travel in clear text",
  );
  return cookie;
}
