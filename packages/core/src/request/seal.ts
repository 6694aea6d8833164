import type { ResponseHeader } from '../http/request-view.ts';
import { readTokens } from '../http/transports/transport.ts';
import { CLOCK_TOLERANCE } from '../session/expiry.ts';
import type { OutgoingToken } from './current-session.ts';
import { repeatedToken } from './repeat-token.ts';
import type { RequestContext } from './request-context.ts';

/** How long after the load a response may still bring a repeatable token, in milliseconds. Later the browser may have a newer one. */
const MAX_TOKEN_AGE = CLOCK_TOLERANCE;

/** Returns the headers that the response needs. Afterwards no token can go out; a second call returns none. */
export function seal(context: RequestContext<object>): readonly ResponseHeader[] {
  if (context.isSealed) return NONE;
  context.seal();
  const { deps, transport } = context;
  const outgoing = context.outgoing ?? repeatedToken(context);
  const referrer = referrerPolicy(context);
  const vary = (context.isAccessed ? deps.vary.get(transport) : undefined) ?? NONE;
  if (outgoing !== undefined && !isLate(context, outgoing)) {
    return [...referrer, ...transport.issue(outgoing.token, outgoing.lifetime), NO_STORE, ...vary];
  }
  if (context.isRevealed) return [...referrer, NO_STORE, ...vary];
  if (context.clearsToken) return [...referrer, ...transport.clear(), ...vary];
  return referrer.length === 0 ? vary : [...referrer, ...vary];
}

/** Returns the header that keeps a token in a page or URL out of referrers: for each request that presented one, loaded or not. */
function referrerPolicy(context: RequestContext<object>): readonly ResponseHeader[] {
  const { current, deps, ended, isLoaded, request, transport } = context;
  const isPresented = isLoaded
    ? transport.inPageOrUrl && (current !== undefined || ended !== undefined)
    : deps.config.transports.some((each) => each.inPageOrUrl && readTokens(each, request).length > 0);
  return isPresented ? KEEP_REFERRER : NONE;
}

/** Tells whether a repeatable token should be left out: the client's own token is still accepted, and a later response brings this one or a newer one. */
function isLate({ deps }: RequestContext<object>, { repeatable }: OutgoingToken): boolean {
  if (repeatable === undefined) return false;
  return (
    deps.config.now() - repeatable.since > MAX_TOKEN_AGE ||
    deps.generations.hasLater(repeatable.sessionId, repeatable.generation)
  );
}

// A token in a page or URL must not reach another site as a referrer (OWASP ASVS 14.2.1).
const KEEP_REFERRER: readonly ResponseHeader[] = [['referrer-policy', 'same-origin', 'set']];
const NO_STORE: ResponseHeader = ['cache-control', 'no-store', 'set'];
const NONE: readonly ResponseHeader[] = [];
