import type { ResponseHeader } from '../http/request-view.ts';
import { readTokens } from '../http/transports/transport.ts';
import { CLOCK_TOLERANCE } from '../session/expiry.ts';
import { isSessionId, sessionIdOf } from '../session/token.ts';
import type { OutgoingToken } from './current-session.ts';
import { repeatedToken } from './repeat-token.ts';
import type { RequestContext } from './request-context.ts';

/** How long after the load a response may still bring a repeatable token, or clear one, in milliseconds. Later the browser may have a newer one. */
const MAX_TOKEN_AGE = CLOCK_TOLERANCE;

/** Returns a header that the response has already, if any. */
export type ReadHeader = (name: string) => string | undefined;

/**
 * Returns the headers that the response needs. Afterwards no token can go out; a second call returns none. It never throws, since it runs when a
 * response is about to leave, where nothing could catch the error.
 */
export function seal(context: RequestContext<object>, readHeader: ReadHeader): readonly ResponseHeader[] {
  if (context.isSealed) return NONE;
  context.seal();
  context.deps.sweeper.sweepIfWritten(context.options);
  try {
    const token = tokenHeaders(context, readHeader);
    noteShareable(context, token, readHeader);
    const vary = context.isAccessed ? context.vary : NONE;
    const referrer = referrerPolicy(context, readHeader);
    const proof = context.proof?.headers ?? NONE;
    return token.length + referrer.length + proof.length === 0
      ? vary
      : [...referrer, ...token, ...vary, ...proof];
  } catch (error) {
    // A transport or a clock of the app's own threw.
    context.emitFailure('seal', error);
    return NONE;
  }
}

/** Returns the headers that bring the client its token, or clear it. */
function tokenHeaders(context: RequestContext<object>, readHeader: ReadHeader): readonly ResponseHeader[] {
  const { deps, transport } = context;
  const outgoing = context.outgoing ?? repeatedToken(context);
  if (outgoing !== undefined && !isLate(context, outgoing)) {
    noteReplaced(context);
    const issued = transport.issue(outgoing.token, outgoing.lifetime);
    noteGrant(context, issued);
    const offer = deps.config.deviceBinding?.announce(context) ?? NONE;
    return [...issued, ...offer, NO_STORE, ...sharedCacheHeaders(readHeader)];
  }
  if (context.isRevealed) return [NO_STORE, ...sharedCacheHeaders(readHeader)];
  if (!context.clearsToken && !awaitsClearing(context)) return NONE;
  noteReplaced(context);
  const { deviceBinding } = context.deps.config;
  return deviceBinding === undefined
    ? transport.clear()
    : [...transport.clear(), ...deviceBinding.clear(transport)];
}

/** Removes the headers that shared caches obey instead of `Cache-Control` (RFC 9213, Edge Architecture 1.0, nginx). They would store another visitor's token. */
function sharedCacheHeaders(readHeader: ReadHeader): readonly ResponseHeader[] {
  return SHARED_CACHE_HEADERS.flatMap((name): ResponseHeader[] =>
    readHeader(name) === undefined ? [] : [[name, '', 'delete']],
  );
}

/** Notes whether a cache may store this response: then it must say now that it depends on the session. */
function noteShareable(
  context: RequestContext<object>,
  token: readonly ResponseHeader[],
  readHeader: ReadHeader,
): void {
  const { method } = context.request;
  if (readHeader === noHeader || context.isAccessed || token.length > 0) return;
  if (method !== 'GET' && method !== 'HEAD') return;
  if (!UNSHARED.test(readHeader('cache-control') ?? '')) context.noteShareable();
}

/** Stands for a response whose headers the caller does not show, or for none at all. */
export const noHeader: ReadHeader = () => undefined;

/** Remembers the first cookie of a session, so that the app is warned if it does not come back. */
function noteGrant(
  { current, deps, request, transport }: RequestContext<object>,
  issued: readonly ResponseHeader[],
): void {
  if (current?.isNew !== true || !transport.sentAutomatically) return;
  const line = issued.find(([name]) => name === 'set-cookie')?.[1];
  // Only the attributes: the token itself is not kept.
  const attributes =
    line === undefined
      ? request.judge((view) => transport.cookieAttributes?.(view), undefined)
      : line.slice(line.indexOf(';'));
  if (attributes !== undefined)
    deps.grants.note(current.id, request, { attributes, isAppsOwn: line === undefined });
}

/** Tells whether a repeatable token should be left out: the client's own token is still accepted, and a later response brings this one or a newer one. */
function isLate({ deps }: RequestContext<object>, { repeatable }: OutgoingToken): boolean {
  if (repeatable === undefined) return false;
  return (
    deps.config.now() - repeatable.since > MAX_TOKEN_AGE ||
    deps.generations.hasLater(repeatable.sessionId, repeatable.generation)
  );
}

/** Tells whether this response is the first that can clear the cookie of a session that ended when its own response had begun. */
function awaitsClearing(context: RequestContext<object>): boolean {
  const { current, deps, isCrossSite, openedAt, presented } = context;
  if (current !== undefined || isCrossSite || presented === undefined || presented.length === 0) return false;
  if (deps.config.now() - openedAt > MAX_TOKEN_AGE) return false;
  return presentedIds(context).some((id) => deps.uncleared.awaitsClearing(id, openedAt));
}

/** Notes that the client's token is about to be replaced or cleared: no later response may clear it. */
function noteReplaced(context: RequestContext<object>): void {
  const { current, deps } = context;
  for (const id of presentedIds(context)) if (id !== current?.id) deps.uncleared.noteReplaced(id);
}

function presentedIds({ presented = [] }: RequestContext<object>): readonly string[] {
  return presented.map(sessionIdOf).filter(isSessionId);
}

/**
 * Returns the header that keeps a token in a page or URL out of referrers: for each request that presented one, loaded or not. A policy of the app's own that
 * does so too is left as it is.
 */
function referrerPolicy(context: RequestContext<object>, readHeader: ReadHeader): readonly ResponseHeader[] {
  const { current, deps, ended, isLoaded, request, transport } = context;
  const isPresented = isLoaded
    ? transport.inPageOrUrl && (current !== undefined || ended !== undefined)
    : deps.config.transports.some((each) => each.inPageOrUrl && readTokens(each, request).length > 0);
  if (!isPresented) return NONE;
  const policies = readHeader('referrer-policy')?.toLowerCase().split(',') ?? [];
  const isKept = policies.length > 0 && policies.every((each) => KEEPING_POLICIES.has(each.trim()));
  return isKept ? NONE : KEEP_REFERRER;
}

// A token in a page or URL must not reach another site as a referrer (OWASP ASVS 14.2.1).
const KEEP_REFERRER: readonly ResponseHeader[] = [['referrer-policy', 'same-origin', 'set']];
/** The policies that send no path and no query to another origin (W3C Referrer Policy, section 3). */
const KEEPING_POLICIES: ReadonlySet<string> = new Set([
  'no-referrer',
  'same-origin',
  'origin',
  'strict-origin',
  'origin-when-cross-origin',
  'strict-origin-when-cross-origin',
]);
const SHARED_CACHE_HEADERS: readonly string[] = [
  'cdn-cache-control',
  'cloudflare-cdn-cache-control',
  'surrogate-control',
  'x-accel-expires',
];
/** The directives that keep a response out of shared caches (RFC 9111, section 5.2.2). */
const UNSHARED = /(?:^|,)\s*(?:private|no-store)\s*(?:,|$)/i;
const NO_STORE: ResponseHeader = ['cache-control', 'no-store', 'set'];
const NONE: readonly ResponseHeader[] = [];
