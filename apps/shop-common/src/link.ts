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

/** Returns the hidden field with the token, if forms carry it. */
export function tokenInput(settings: Settings, session: ShopSession | undefined): Html | undefined {
  const token = tokenOf(settings, session);
  return token === undefined ? undefined : html`<input type="hidden" name="${TOKEN_FIELD}" value="${token}">`;
}

function tokenOf(settings: Settings, session: ShopSession | undefined): string | undefined {
  return settings.transport === 'query' ? session?.revealToken() : undefined;
}
