import type { Awaitable } from '../common/awaitable.ts';
import { andThen } from '../common/awaitable.ts';
import { isCrossSite, isFromElsewhere } from '../http/cross-site.ts';
import { readTokens } from '../http/transports/transport.ts';
import type { Snapshot } from '../records/snapshot.ts';
import { isBound, type Upkeep } from '../session/admission.ts';
import { CLOCK_TOLERANCE } from '../session/expiry.ts';
import { recoveredSecret } from '../session/recovery.ts';
import { deriveNext, parseToken } from '../session/token.ts';
import { judgeClient } from './client-changes.ts';
import {
  type CurrentSession,
  currentSession,
  type OutgoingToken,
  withNewestSecret,
} from './current-session.ts';
import { grant } from './grant.ts';
import { crossSite, type RequestContext } from './request-context.ts';
import { type Opened, type Rejected, type Resolution, rejected } from './resolution.ts';
import { resolveToken } from './resolve-token.ts';
import { dueUpkeep, writeUpkeep } from './upkeep.ts';

/** Loads the session that the request's token opens, and does the upkeep that is due. Runs once for each request. */
export function load<Data extends object>(context: RequestContext<Data>): Promise<void> {
  return context.loading ?? context.startLoading(begin(context));
}

/** Loads at once if the store is synchronous; then the promise is one that all requests share. */
function begin<Data extends object>(context: RequestContext<Data>): Promise<void> {
  try {
    const opening = open(context, arrive(context));
    const loading = andThen(opening, () => finishLoading(context));
    return loading === undefined ? LOADED : Promise.resolve(loading);
  } catch (error) {
    return Promise.reject(error);
  }
}

/**
 * Throws `ERR_CROSS_SITE` for a write that a page of another site sent. The request is then loaded, as one without a session, so that an error page may look at
 * it. No I/O.
 */
export function refuseCrossSiteWrite(context: RequestContext<object>): void {
  arrive(context);
  if (!context.isCrossSiteWrite) return;
  // It does not wait for anything: no token is looked up.
  load(context).catch(() => {});
  throw crossSite(context);
}

/** Ends the load. A visitor without a session is granted one first, if the app asks for that. */
function finishLoading<Data extends object>(context: RequestContext<Data>): Awaitable<void> {
  const isUnproven = context.transport.proofs !== undefined && context.proof?.key === undefined;
  const isGranted =
    !isUnproven &&
    context.deps.config.grantAtVisit &&
    context.current === undefined &&
    !context.passive &&
    !context.isCrossSite &&
    !context.isSealed;
  if (isGranted) return grant(context).then(() => context.finishLoading());
  context.finishLoading();
}

/** Opens what the presented tokens open, after the proof is verified if there must be one. */
function open(context: RequestContext<object>, tokens: readonly string[]): Awaitable<void> {
  const { transport, request, deps } = context;
  if (transport.proofs === undefined) return openTokens(context, tokens);
  return transport.proofs.verify(request, tokens[0], deps.config.now).then((proof) => {
    context.proof = proof;
    return openTokens(context, tokens);
  });
}

function openTokens(context: RequestContext<object>, tokens: readonly string[]): Awaitable<void> {
  if (context.isCrossSite) refuse(context, rejected('cross-site'));
  else if (tokens.length > 0) return loadTokens(context, tokens);
  else if (!context.deps.grants.isEmpty) context.deps.grants.judge(context.request);
}

/** Reads the presented tokens, those of the first transport that carries any, and judges where the request comes from. Once for each request; no I/O. */
function arrive(context: RequestContext<object>): readonly string[] {
  if (context.presented !== undefined) return context.presented;
  const { transports, trustedOrigins } = context.deps.config;
  let [transport] = transports;
  let tokens = NONE;
  for (const each of transports) {
    tokens = readTokens(each, context.request);
    if (tokens.length === 0) continue;
    transport = each;
    break;
  }
  if (tokens.length === 0) {
    transport = transports.find(({ proofs }) => proofs?.isOffered(context.request)) ?? transport;
  }
  const { sentAutomatically, inPageOrUrl } = transport;
  const isJudged = sentAutomatically || inPageOrUrl;
  const isPresentedInPage = inPageOrUrl && tokens.length > 0;
  const origin =
    isJudged && context.request.judge((view) => isCrossSite(view, trustedOrigins), true)
      ? 'cross-site'
      : isPresentedInPage && context.request.judge((view) => isFromElsewhere(view, trustedOrigins), true)
        ? 'planted'
        : 'same-site';
  return context.noteArrival({ transport, tokens, origin });
}

/** Loads what the tokens of one transport open. Runs synchronously if the store does. */
function loadTokens(context: RequestContext<object>, tokens: readonly string[]): Awaitable<void> {
  const [token] = tokens;
  const resolution =
    token !== undefined && tokens.length === 1
      ? parseAndResolve(context, token)
      : resolveSeveral(context, tokens);
  return andThen(resolution, (resolved) => applyResult(context, resolved));
}

function parseAndResolve(context: RequestContext<object>, presented: string): Awaitable<Resolution> {
  const token = parseToken(presented, context.deps.config.signingKeys);
  return typeof token === 'string' ? rejected(token) : resolveToken(context, token);
}

/** Resolves several tokens to one session, or to none if they open more than one. */
async function resolveSeveral(
  context: RequestContext<object>,
  tokens: readonly string[],
): Promise<Resolution> {
  let resolution: Resolution = rejected('malformed');
  for (const token of tokens) {
    const next = await parseAndResolve(context, token);
    if (resolution.kind !== 'opened') {
      // Any other reason tells more than `malformed`.
      if (next.kind === 'opened' || resolution.reason === 'malformed') resolution = next;
    } else if (next.kind === 'opened' && next.token.id !== resolution.token.id) {
      return rejected('ambiguous');
    }
  }
  return resolution;
}

/** Gives the request the session that its token opened, or records why it has none. */
function applyResult(context: RequestContext<object>, resolution: Resolution): Awaitable<void> {
  if (resolution.kind === 'opened') {
    return andThen(serve(context, resolution), (changed) =>
      changed === undefined ? undefined : applyResult(context, changed),
    );
  }
  refuse(context, resolution);
}

/** Judges the client, does the upkeep that is due, and makes the session current. Returns a new resolution if another writer changed the record. */
function serve(context: RequestContext<object>, opened: Opened): Awaitable<Resolution | undefined> {
  const { token, snapshot } = opened;
  const client = judgeClient(context, token.id, snapshot.state);
  if (client.isRefused) return rejected('client');
  const device = context.deps.config.deviceBinding?.confirm(context, opened);
  const isNew = client.isNew || device !== undefined;
  const upkeep = dueUpkeep(context, opened, device) ?? (isNew && !context.passive ? 'touch' : undefined);
  if (upkeep === undefined) {
    makeCurrent(context, opened, snapshot);
    return undefined;
  }
  return writeUpkeep(context, opened, { upkeep, observed: client.observed, device }).then((written) => {
    if ('kind' in written) return written;
    if (device !== undefined) context.emit({ type: 'device-bound' }, written.state, token.id);
    makeCurrent(context, { ...opened, snapshot: written }, written, upkeep);
    return undefined;
  });
}

/** Makes an opened session current and decides which token goes out: that of a successor, that of a renewal, or none. */
function makeCurrent(
  context: RequestContext<object>,
  opened: Opened,
  snapshot: Snapshot,
  upkeep?: Upkeep,
): void {
  const { token, match, handedOver } = opened;
  const { state } = snapshot;
  const { signingKeys } = context.deps.config;
  const current = currentSession(token, snapshot);
  const isOffered = match.as === 'recovered' && state.recovery?.status === 'offered';
  let outgoing: OutgoingToken | undefined;
  if (handedOver !== undefined) {
    context.noteEnded('finished', handedOver.receipt);
    if (match.as === 'current' || isOffered) {
      const newest = withNewestSecret(current, signingKeys);
      outgoing = context.outgoingToken(newest, { isRepeatable: true });
    }
  } else if (context.transport.sentAutomatically && !context.passive && !context.isSealed) {
    const next = match.as === 'current' ? state.next : isOffered ? recoveredSecret(state) : undefined;
    const secret = next && deriveNext(token.secret, next, signingKeys);
    if (secret !== undefined)
      outgoing = context.outgoingToken({ ...current, secret }, { isRepeatable: true });
  }
  if (!context.deps.grants.isEmpty) context.deps.grants.noteReturned(token.id);
  noteClock(context, state.lastUsedAt - snapshot.seenAt);
  context.setCurrent(current, outgoing);
  context.notePresented(handedOver === undefined && match.as !== 'retired' && match.as !== 'recovered');
  if (upkeep === 'confirm') context.emit({ type: 'confirmed' });
  else if (upkeep === 'renew') context.emit({ type: 'renewed', by: 'timer' });
  else if (upkeep === 'recover') context.emit({ type: 'recovered' });
  else if (handedOver === undefined && outgoing !== undefined) context.emit({ type: 'reissued' });
  if (upkeep === 'touch') {
    if (match.as === 'current' && isBound(state)) keepCookie(context, current);
    context.emit({ type: 'touched' });
  }
}

/** Sends the token of a bound session again, which the timer does not renew, if its cookie would expire or is signed by an older key. */
function keepCookie(context: RequestContext<object>, current: CurrentSession): void {
  const { presented, transport } = context;
  if (!transport.sentAutomatically) return;
  const { token } = context.outgoingToken(current);
  if (transport.maxAge !== undefined || presented?.includes(token) !== true) context.repeatToken();
}

/** Warns if another server has used the session at a time that is still to come by this server's clock. */
function noteClock({ deps }: RequestContext<object>, ahead: number): void {
  if (ahead <= CLOCK_TOLERANCE) return;
  deps.warnings.warn(
    'clock-skew',
    `A session was last used ${Math.round(ahead / 1000)} s in the future: the clock of this server is behind, or that of another is ahead. Synchronize the clocks, for example with chrony.`,
  );
}

/** Records that the presented token opens no session. */
function refuse(
  context: RequestContext<object>,
  { reason, receipt, reasonInEvent = reason, session }: Rejected,
): void {
  context.noteEnded(reason, receipt);
  const origin = reason === 'cross-site' ? context.request.header('origin') : undefined;
  const event = { type: 'refused', reason: reasonInEvent, ...(origin !== undefined && { origin }) } as const;
  context.emit(event, session?.state, session?.id);
}

const NONE: readonly string[] = [];
const LOADED = Promise.resolve();
