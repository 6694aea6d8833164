import { type Html, html } from './html.ts';
import type { Settings } from './settings.ts';
import type { ShopSession } from './visitor.ts';

/** Names the query parameter and the form field that carry the token where cookies do not. */
export const TOKEN_FIELD = 'session';

/** Gives the address of a page of the shop; with the token where that travels in links. */
export function linkTo(path: string, settings: Settings, session: ShopSession | undefined): string {
  const token = tokenOf(settings, session);
  return token === undefined ? path : `${path}?${TOKEN_FIELD}=${encodeURIComponent(token)}`;
}

/** Gives the hidden field that carries the token in a form, where it travels so. */
export function tokenInput(settings: Settings, session: ShopSession | undefined): Html | undefined {
  const token = tokenOf(settings, session);
  return token === undefined ? undefined : html`<input type="hidden" name="${TOKEN_FIELD}" value="${token}">`;
}

function tokenOf(settings: Settings, session: ShopSession | undefined): string | undefined {
  return settings.transport === 'query' ? session?.revealToken() : undefined;
}
