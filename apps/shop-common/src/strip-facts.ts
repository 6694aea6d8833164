import type { Ended, SessionStore } from '@coatcheck/core';
import { type BrowserFacts, readBrowser, type TokenCarrier } from './browser-facts.ts';
import type { EventLog, ShopEvent } from './event-log.ts';
import { type RecordFacts, readRecord } from './record-facts.ts';
import type { Settings } from './settings.ts';
import type { ShopSession } from './visitor.ts';

/** The content of the strip. It contains no token and no secret. */
export interface StripFacts {
  readonly now: Date;
  readonly browser: BrowserFacts;
  readonly server: ServerFacts;
}

/** What the server knows of the visitor's session after this request. */
export type ServerFacts =
  /** The request was handled, or rejected, without a look at the session. */
  | { readonly kind: 'not-consulted'; readonly isCrossSite: boolean }
  /** The store did not respond. */
  | { readonly kind: 'unavailable' }
  /** The browser sent no token, so nothing was looked up. */
  | { readonly kind: 'nothing' }
  /** The token opens no session. */
  | { readonly kind: 'refused'; readonly reason: Ended; readonly events: readonly ShopEvent[] }
  /** The session ended during the request. */
  | { readonly kind: 'gone'; readonly id: string; readonly events: readonly ShopEvent[] }
  | {
      readonly kind: 'session';
      readonly id: string;
      readonly record: RecordFacts;
      /** Latest first. */
      readonly events: readonly ShopEvent[];
    };

/** What the strip is made from. */
export interface StripSources {
  /** Undefined if the request failed before it had one. */
  readonly session: ShopSession | undefined;
  readonly carrier: TokenCarrier;
  /** The code of the error that the page shows. */
  readonly error: string | undefined;
}

/** What the strip reads from. */
export interface StripSurroundings {
  readonly store: SessionStore;
  readonly events: EventLog;
  readonly settings: Settings;
}

/** The reasons that the library tells only to the holder of a secret that was good once. Nobody else may see a session's events. */
const TOLD_TO_HOLDER: ReadonlySet<Ended> = new Set([
  'idle',
  'absolute',
  'finished',
  'revoked',
  'retired',
  'client',
]);

/** Collects the content of the strip. Makes one store call if there is a session, and none otherwise. */
export async function readStrip(sources: StripSources, surroundings: StripSurroundings): Promise<StripFacts> {
  const { carrier } = sources;
  const { settings } = surroundings;
  const now = new Date();
  const { sent } = readBrowser(carrier, settings, undefined);
  const server = await readServer(sources, sent?.sessionId, surroundings);
  const lifetime = server.kind === 'session' ? cookieLifetime(server.record) : undefined;
  return { now, server, browser: readBrowser(carrier, settings, lifetime) };
}

async function readServer(
  { session, error }: StripSources,
  presentedId: string | undefined,
  { store, events }: StripSurroundings,
): Promise<ServerFacts> {
  const storeFailed = error === 'ERR_STORE_UNAVAILABLE';
  const ended = session?.ended?.reason;
  if (session?.id === undefined) {
    if (storeFailed) return { kind: 'unavailable' };
    if (session === undefined || ended === 'cross-site') {
      return { kind: 'not-consulted', isCrossSite: ended === 'cross-site' || error === 'ERR_CROSS_SITE' };
    }
    if (ended === undefined) return { kind: 'nothing' };
    const told = TOLD_TO_HOLDER.has(ended) ? events.of(presentedId) : [];
    return { kind: 'refused', reason: ended, events: told };
  }
  const { id } = session;
  try {
    const record = await store.read(id);
    const facts = record && readRecord(record);
    return facts === undefined || facts.end !== undefined
      ? { kind: 'gone', id, events: events.of(id) }
      : { kind: 'session', id, record: facts, events: events.of(id) };
  } catch {
    return { kind: 'unavailable' };
  }
}

/** Returns how long the browser keeps the cookie; undefined if it goes with the browser. */
function cookieLifetime({ user, absoluteDeadline }: RecordFacts): number | undefined {
  if (user?.remembered !== true) return undefined;
  return absoluteDeadline.getTime() - user.signedInAt.getTime();
}
