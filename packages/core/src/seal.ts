import { CLOCK_TOLERANCE } from './expiry.ts';
import type { ResponseHeader } from './request-view.ts';
import type { Outgoing, RequestVisit } from './request-visit.ts';

/** A late answer must not bring an older token than the browser may have by then. */
const LATEST_TIMED_TOKEN = CLOCK_TOLERANCE;

/** Gives the headers that the response needs, and closes the visit for tokens. */
export function seal(visit: RequestVisit<object>): readonly ResponseHeader[] {
  if (visit.isSealed) return NONE;
  visit.isSealed = true;
  const { outgoing, transport, clears } = visit;
  const safeguards = safeguardsOf(visit);
  if (outgoing === undefined && !clears && !visit.wasLookedAt) return safeguards;
  const headers: ResponseHeader[] = [...safeguards];
  if (outgoing !== undefined && !isLate(visit, outgoing)) {
    headers.push(...transport.grant(outgoing.token, outgoing.lifetime), NO_STORE);
  } else if (visit.isRevealed) {
    headers.push(NO_STORE);
  } else if (clears) {
    headers.push(...transport.clear());
  }
  if (visit.wasLookedAt) addVary(visit, headers);
  return headers;
}

/** Gives the headers that go with a token in a link or a form, for every request that had one, loaded or not. */
function safeguardsOf({
  engine,
  request,
  transport,
  held,
  ended,
  isLoaded,
}: RequestVisit<object>): readonly ResponseHeader[] {
  if (isLoaded) return held !== undefined || ended !== undefined ? transport.safeguards : NONE;
  const presented = engine.config.transports.find(
    ({ safeguards, present }) => safeguards.length > 0 && present(request).length > 0,
  );
  return presented?.safeguards ?? NONE;
}

/** Tells whether a token that other answers bring too is better left out: the one that the client holds is served, and brings it or a newer one next time. */
function isLate({ engine }: RequestVisit<object>, { timed }: Outgoing): boolean {
  if (timed === undefined) return false;
  return (
    engine.config.now() - timed.since > LATEST_TIMED_TOKEN ||
    engine.hasSeenLater(timed.sessionId, timed.generation)
  );
}

/** The answer depends on each transport that was asked, up to the one that decided. */
function addVary({ engine, transport }: RequestVisit<object>, headers: ResponseHeader[]): void {
  for (const each of engine.config.transports) {
    if (each.vary !== undefined) headers.push(['vary', each.vary, 'append']);
    if (each === transport && each !== engine.config.transports[0]) return;
  }
}

const NO_STORE: ResponseHeader = ['cache-control', 'no-store', 'set'];
const NONE: readonly ResponseHeader[] = [];
