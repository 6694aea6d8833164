import { type Html, html } from './html.ts';
import type { Settings } from './settings.ts';

/** The query parameter and form field that carry the token if cookies do not. */
export const TOKEN_FIELD = 'session';

/** Returns a URL with one more parameter, in front of its fragment. */
export function withParameter(url: string, name: string, value: string): string {
  const [rest = '', fragment] = url.split('#');
  const parameter = `${name}=${encodeURIComponent(value)}`;
  const whole = `${rest}${rest.includes('?') ? '&' : '?'}${parameter}`;
  return fragment === undefined ? whole : `${whole}#${fragment}`;
}

/** Returns the URL of a page of the shop, with the token if links carry it. */
export function linkTo(path: string, token: string | undefined): string {
  return token === undefined ? path : withParameter(path, TOKEN_FIELD, token);
}

/** Marks the page that a visitor is led to with their first cookie. */
const COOKIE_MARK = { name: 'cookie', value: 'sent' } as const;

/** Returns a URL that tells `expectsCookie` that the response to it set the visitor's first cookie. */
export function withCookieMark(path: string, settings: Settings): string {
  return settings.transport === 'cookie' ? withParameter(path, COOKIE_MARK.name, COOKIE_MARK.value) : path;
}

/** Tells whether the browser was sent a cookie when it was led to this URL. */
export function expectsCookie(url: string): boolean {
  return queryOf(url).get(COOKIE_MARK.name) === COOKIE_MARK.value;
}

/** Returns the parameters of a URL. */
export function queryOf(url: string): URLSearchParams {
  return new URLSearchParams(url.split('#')[0]?.split('?').slice(1).join('?'));
}

/** Returns the hidden field with the token, if forms carry it. */
export function tokenInput(token: string | undefined): Html | undefined {
  return token === undefined ? undefined : html`<input type="hidden" name="${TOKEN_FIELD}" value="${token}">`;
}
