import { type Html, html } from './html.ts';
import type { Settings } from './settings.ts';
import type { ShopSession } from './visitor.ts';

/** The query parameter and form field that carry the token if cookies do not. */
export const TOKEN_FIELD = 'session';

/** Returns the URL of a page of the shop, with the token if links carry it. */
export function linkTo(path: string, settings: Settings, session: ShopSession | undefined): string {
  const token = tokenOf(settings, session);
  return token === undefined ? path : `${path}?${TOKEN_FIELD}=${encodeURIComponent(token)}`;
}

/** Marks the page that a visitor is led to with their first cookie. */
const COOKIE_MARK = '?cookie=sent';

/** Returns a URL that tells `expectsCookie` that the response to it set the visitor's first cookie. */
export function withCookieMark(path: string, settings: Settings): string {
  return settings.transport === 'cookie' ? path + COOKIE_MARK : path;
}

/** Tells whether the browser was sent a cookie when it was led to this URL. */
export function expectsCookie(url: string): boolean {
  return url.endsWith(COOKIE_MARK);
}

/** Returns the hidden field with the token, if forms carry it. */
export function tokenInput(settings: Settings, session: ShopSession | undefined): Html | undefined {
  const token = tokenOf(settings, session);
  return token === undefined ? undefined : html`<input type="hidden" name="${TOKEN_FIELD}" value="${token}">`;
}

function tokenOf(settings: Settings, session: ShopSession | undefined): string | undefined {
  return settings.transport === 'query' ? session?.revealToken() : undefined;
}
