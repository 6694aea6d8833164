import type { ResponseHeader } from '../http/request-view.ts';
import { CLOCK_TOLERANCE } from '../session/expiry.ts';
import type { Outgoing, RequestVisit } from './request-context.ts';

/** A late answer must not bring an older token than the browser may have by then. */
const LATEST_TIMED_TOKEN = CLOCK_TOLERANCE;

/** Gives the headers that the response needs, and closes the visit for tokens. */
export function seal(visit: RequestVisit<object>): readonly ResponseHeader[] {
  if (visit.isSealed) return NONE;
  visit.isSealed = true;
  const { engine, outgoing, transport, clears } = visit;
  const safeguards = safeguardsOf(visit);
  const vary = (visit.wasLookedAt ? engine.vary.get(transport) : undefined) ?? NONE;
  if (outgoing !== undefined && !isLate(visit, outgoing)) {
    return [...safeguards, ...transport.grant(outgoing.token, outgoing.lifetime), NO_STORE, ...vary];
  }
  if (visit.isRevealed) return [...safeguards, NO_STORE, ...vary];
  if (clears) return [...safeguards, ...transport.clear(), ...vary];
  return safeguards.length === 0 ? vary : [...safeguards, ...vary];
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

const NO_STORE: ResponseHeader = ['cache-control', 'no-store', 'set'];
const NONE: readonly ResponseHeader[] = [];
