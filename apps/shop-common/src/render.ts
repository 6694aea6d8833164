import type { SessionStore } from '@coatcheck/core';
import { prefersJson } from './accept.ts';
import { linkedToken, type TokenCarrier } from './browser-facts.ts';
import type { EventLog } from './event-log.ts';
import { labRequests } from './lab/lab-request.ts';
import { layout } from './layout.ts';
import type { Settings } from './settings.ts';
import { readStrip } from './strip-facts.ts';
import { Site, type View } from './view.ts';
import { loadedOf, type ShopSession } from './visitor.ts';

/** A response for a framework to send. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The parts of the request that a response depends on. */
export interface Look extends TokenCarrier {
  /** Undefined if the page does not depend on the session, or the request failed before it had one. */
  readonly session: ShopSession | undefined;
  readonly accept: string | undefined;
}

/** The dependencies of rendering. */
export interface RenderSurroundings {
  readonly settings: Settings;
  readonly store: SessionStore;
  readonly events: EventLog;
}

/** Allows only resources of this server, and no inline script or style. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Renders a view as a page, or as JSON if the request prefers that. */
export async function render(view: View, look: Look, surroundings: RenderSurroundings): Promise<Reply> {
  const { settings } = surroundings;
  const { status, error } = view;
  const session = loadedOf(look.session);
  const token = linkedToken(look, settings);
  const headers = {
    // A page for a visitor with a session is private, and the back button must not show it after they have signed out.
    'cache-control': session?.id === undefined && token === undefined ? 'no-cache' : 'no-store',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'same-origin',
    vary: 'Accept',
    ...view.headers,
  };
  if (prefersJson(look.accept)) {
    const type = { 'content-type': 'application/json; charset=utf-8' };
    return { status, headers: { ...headers, ...type }, body: `${JSON.stringify(view.json)}\n` };
  }
  const site = new Site({ settings, session, url: look.url, token });
  const sources = { session, carrier: look, error };
  // Nobody sees the pages of the lab's browsers, and reading for their strips would be part of the act.
  const hasStrip = settings.strip && labRequests.getStore() === undefined;
  const strip = hasStrip ? await readStrip(sources, surroundings) : undefined;
  const type = { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': POLICY };
  return { status, headers: { ...headers, ...type }, body: layout(view, site, strip).toString() };
}
