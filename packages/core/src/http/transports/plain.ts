import { configError } from '../../common/errors.ts';
import type { RequestView, ResponseHeader } from '../request-view.ts';
import type { Transport } from './transport.ts';

const NO_HEADERS: readonly ResponseHeader[] = [];
const HEADER_NAME = /^[a-z0-9][a-z0-9-]*$/;
const FIELD_NAME = /^[A-Za-z][\w-]*$/;
const BEARER = /^bearer +([^ ]+) *$/i;

/**
 * Carries the token in `Authorization: Bearer …` (RFC 6750), for API clients. Send it to them with `session.revealToken()`.
 *
 * Danger: a token that scripts can read is lost to any injected script. Use `cookie()` for apps in a browser.
 *
 * @example
 * ```ts
 * createSessions({ store, transports: [cookie(), bearer()] });
 * ```
 *
 * @param options must be left out
 * @throws SessionError `ERR_CONFIG` if there are options
 */
export function bearer(options?: undefined): Transport {
  if (options !== undefined) {
    throw configError('bearer(options)', options, 'left out; write dpop() to bind tokens to keys');
  }
  return requestToken({ inPageOrUrl: false, vary: 'authorization' }, (request) => {
    const value = request.header('authorization');
    return value === undefined ? undefined : BEARER.exec(value)?.[1];
  });
}

/**
 * Carries the token in a request header of your own, for API clients behind something that uses `Authorization` itself.
 *
 * @param name the header's name, in any case
 * @throws SessionError `ERR_CONFIG` if `name` is no header name, or is `Cookie`
 * @example
 * ```ts
 * createSessions({ store, transports: [cookie(), header('x-session')] });
 * ```
 */
export function header(name: string): Transport {
  const lower = typeof name === 'string' ? name.toLowerCase() : '';
  if (!HEADER_NAME.test(lower) || lower === 'cookie') {
    throw configError('header(name)', name, "a header's name such as 'x-session'");
  }
  return requestToken({ inPageOrUrl: false, vary: lower }, (request) => request.header(lower));
}

/**
 * Carries the token in a query parameter, for clients without cookies. Add it to links with `session.revealToken()`.
 *
 * Danger: URLs are logged, shared, bookmarked and sent as referrers (OWASP ASVS 14.2.1).
 *
 * @example
 * ```ts
 * createSessions({ store, transports: [cookie(), query('session')] });
 * ```
 *
 * @param name the parameter's name
 * @throws SessionError `ERR_CONFIG` if `name` has characters other than letters, digits, `_` and `-`
 */
export function query(name: string): Transport {
  checkFieldName('query(name)', name);
  return requestToken({ inPageOrUrl: true, vary: undefined }, (request) => request.query(name));
}

/**
 * Carries the token in a form field, for clients without cookies. Add it to forms with `session.revealToken()`, and mount a body parser before the adapter.
 *
 * Danger: a page that contains the token must not be cached or shared.
 *
 * @example
 * ```ts
 * createSessions({ store, transports: [cookie(), form('session')] });
 * ```
 *
 * @param name the field's name
 * @throws SessionError `ERR_CONFIG` if `name` has characters other than letters, digits, `_` and `-`
 */
export function form(name: string): Transport {
  checkFieldName('form(name)', name);
  return requestToken({ inPageOrUrl: true, vary: undefined }, (request) => request.form(name));
}

function checkFieldName(option: string, name: unknown): void {
  if (typeof name !== 'string' || !FIELD_NAME.test(name)) {
    throw configError(option, name, "a name of letters, digits, '_' and '-' such as 'session'");
  }
}

/** Makes a transport whose token the app puts into its own responses, with `revealToken()`, and the client into its requests. */
function requestToken(
  { inPageOrUrl, vary }: Pick<Transport, 'inPageOrUrl' | 'vary'>,
  read: (request: RequestView) => string | undefined,
): Transport {
  return {
    sentAutomatically: false,
    inPageOrUrl,
    vary,
    read: (request) => {
      const token = read(request);
      return token === undefined || token === '' ? [] : [token];
    },
    issue: () => NO_HEADERS,
    clear: () => NO_HEADERS,
  };
}
