import { configError } from '../../common/errors.ts';
import type { RequestView, ResponseHeader } from '../request-view.ts';
import type { Transport } from './transport.ts';

// A token in a URL or a page must not reach another site as a referrer (OWASP ASVS 14.2.1).
const KEEP_REFERRER: readonly ResponseHeader[] = [['referrer-policy', 'same-origin', 'set']];
const NO_HEADERS: readonly ResponseHeader[] = [];
const HEADER_NAME = /^[a-z0-9][a-z0-9-]*$/;
const FIELD_NAME = /^[A-Za-z][\w-]*$/;
const BEARER = /^bearer +([^ ]+) *$/i;

/**
 * Carries the token in `Authorization: Bearer …` (RFC 6750), for API clients. Send them `session.revealToken()`.
 *
 * Danger: a browser app that keeps the token where scripts can read it loses it to any injected script; browsers want `cookie()`.
 */
export function bearer(): Transport {
  return plain('bearer', 'authorization', (request) => {
    const value = request.header('authorization');
    return value === undefined ? undefined : BEARER.exec(value)?.[1];
  });
}

/** Carries the token in a request header of your own, such as `x-session`, for API clients behind something that claims `Authorization`. */
export function header(name: string): Transport {
  const lower = typeof name === 'string' ? name.toLowerCase() : '';
  if (!HEADER_NAME.test(lower) || lower === 'cookie') {
    throw configError('header(name)', name, "a header's name such as 'x-session'");
  }
  return plain('header', lower, (request) => request.header(lower));
}

/**
 * Carries the token in a query parameter, for clients without cookies. Write it into links with `session.revealToken()`.
 *
 * Danger: URLs are logged, shared, bookmarked and sent as referrers (OWASP ASVS 14.2.1). Off unless you list it.
 */
export function query(name: string): Transport {
  checkField('query(name)', name);
  return plain('query', undefined, (request) => request.query(name));
}

/**
 * Carries the token in a field of a form, for clients without cookies. Write it into forms with `session.revealToken()`, and run a body parser before the adapter.
 *
 * Danger: a page that holds it must not be cached or shared.
 */
export function form(name: string): Transport {
  checkField('form(name)', name);
  return plain('form', undefined, (request) => request.form(name));
}

function checkField(option: string, name: unknown): void {
  if (typeof name !== 'string' || !FIELD_NAME.test(name)) {
    throw configError(option, name, "a name of letters, digits, '_' and '-' such as 'session'");
  }
}

function plain(
  kind: Exclude<Transport['kind'], 'cookie'>,
  vary: string | undefined,
  read: (request: RequestView) => string | undefined,
): Transport {
  return {
    kind,
    vary,
    present: (request) => {
      const token = read(request);
      return token === undefined || token === '' ? [] : [token];
    },
    // The app sends the token itself, by revealToken().
    grant: () => NO_HEADERS,
    clear: () => NO_HEADERS,
    safeguards: kind === 'query' || kind === 'form' ? KEEP_REFERRER : NO_HEADERS,
  };
}
