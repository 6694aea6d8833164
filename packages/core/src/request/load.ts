import type { Awaitable } from '../common/awaitable.ts';
import { andThen } from '../common/awaitable.ts';
import type { Json } from '../common/json.ts';
import { isPlanted } from '../http/cross-site.ts';
import type { Snapshot } from '../records/snapshot.ts';
import type { Upkeep } from '../session/admission.ts';
import type { Ended } from '../session/session-types.ts';
import { deriveSecret, parseToken } from '../session/token.ts';
import { judgeClient } from './client-changes.ts';
import { closed, examine, type Finding, type Opens } from './examine.ts';
import { grant } from './grant.ts';
import { heldBy, type Outgoing, type RequestVisit } from './request-context.ts';
import { dueUpkeep, writeUpkeep } from './upkeep.ts';

/** Loads what the request's token opens, and does the upkeep that serving it asks for. Once for each visit. */
export function load<Data extends object>(visit: RequestVisit<Data>): Promise<void> {
  visit.loading ??= loadOnce(visit);
  return visit.loading;
}

async function loadOnce<Data extends object>(visit: RequestVisit<Data>): Promise<void> {
  const tokens = presentedTokens(visit);
  if (visit.judgeOrigin()) {
    refuse(visit, 'cross-site');
  } else if (tokens.length > 0) {
    const loading = loadTokens(visit, tokens);
    if (loading !== undefined) await loading;
  }
  const { config } = visit.engine;
  if (
    config.grantAtVisit &&
    visit.held === undefined &&
    !visit.passive &&
    !visit.isCrossSite &&
    !visit.isSealed
  ) {
    await grant(visit, (data) => ({ data, result: undefined }));
  }
  visit.isLoaded = true;
}

/** Finds the first transport that carries a token: it decides, and a grant goes out by it. */
function presentedTokens(visit: RequestVisit<object>): readonly string[] {
  for (const transport of visit.engine.config.transports) {
    const tokens = transport.present(visit.request);
    if (tokens.length > 0) {
      visit.transport = transport;
      return tokens;
    }
  }
  return NONE;
}

/** Loads what the tokens of one transport open. A store that answers at once is not waited for. */
function loadTokens(visit: RequestVisit<object>, texts: readonly string[]): Awaitable<void> {
  const { kind } = visit.transport;
  if ((kind === 'query' || kind === 'form') && isPlanted(visit.request)) {
    refuse(visit, 'cross-site');
    return;
  }
  const [text] = texts;
  const found = text !== undefined && texts.length === 1 ? find(visit, text) : choose(visit, texts);
  return andThen(found, (finding) => takeUp(visit, finding));
}

/** Finds what the text of a token opens. */
function find(visit: RequestVisit<object>, text: string): Awaitable<Finding> {
  const token = parseToken(text, visit.engine.config.signingKeys);
  return typeof token === 'string' ? closed(token) : examine(visit, token);
}

/** Finds what several tokens open: one session, or none. */
async function choose(visit: RequestVisit<object>, texts: readonly string[]): Promise<Finding> {
  let found: Finding = closed('malformed');
  for (const text of texts) {
    const next = await find(visit, text);
    if (found.kind !== 'opens') {
      // Of several that open nothing the one that says most is told.
      if (next.kind === 'opens' || found.reason === 'malformed') found = next;
    } else if (next.kind === 'opens' && next.token.id !== found.token.id) {
      return closed('ambiguous');
    }
  }
  return found;
}

/** Serves a session that was found, or makes the visitor one without. */
function takeUp(visit: RequestVisit<object>, found: Finding): Awaitable<void> {
  if (found.kind === 'opens') {
    return andThen(serve(visit, found), (again) => (again === undefined ? undefined : takeUp(visit, again)));
  }
  refuse(visit, found.reason, found.receipt);
}

/** Serves what a token opens: judges the client, and holds the session once the upkeep is done that serving it asks for. Returns a new finding where somebody came between. */
function serve(visit: RequestVisit<object>, opens: Opens): Awaitable<Finding | undefined> {
  const { token, snapshot } = opens;
  const client = judgeClient(visit, token.id, snapshot.state);
  if (client.isRefused) return closed('client');
  const upkeep = dueUpkeep(visit, opens) ?? (client.isNew && !visit.passive ? 'touch' : undefined);
  if (upkeep === undefined) {
    hold(visit, opens, snapshot);
    return undefined;
  }
  return writeUpkeep(visit, opens, { upkeep, observed: client.observed }).then((written) => {
    if ('kind' in written) return written;
    hold(visit, { ...opens, snapshot: written }, written, upkeep);
    return undefined;
  });
}

/** Holds a session that a token opened, and decides which token goes out: a successor's, or the one that a renewal derives. */
function hold(visit: RequestVisit<object>, opens: Opens, snapshot: Snapshot, upkeep?: Upkeep): void {
  const { token, match, handedOver } = opens;
  const { state } = snapshot;
  const held = heldBy(token, snapshot);
  let outgoing: Outgoing | undefined;
  if (handedOver !== undefined) {
    visit.noteEnded('finished', handedOver.receipt);
    // Like a renewed token it comes in other answers too, and a late one could put it over a newer.
    if (match.as === 'current') outgoing = visit.outgoingFor(held, true);
  } else if (
    match.as === 'current' &&
    state.next !== undefined &&
    visit.transport.kind === 'cookie' &&
    !visit.passive &&
    !visit.isSealed
  ) {
    outgoing = visit.outgoingFor({ ...held, secret: deriveSecret(token.secret, state.next.nonce) }, true);
  }
  visit.hold(held, outgoing);
  if (upkeep === 'confirm') visit.emit({ type: 'confirmed' });
  else if (upkeep === 'renew') visit.emit({ type: 'renewed', by: 'timer' });
  else if (handedOver === undefined && outgoing !== undefined) visit.emit({ type: 'reissued' });
  if (upkeep === 'touch') visit.emit({ type: 'touched' });
}

/** Makes the visitor one without a session. */
function refuse(visit: RequestVisit<object>, reason: Ended, receipt?: Json): void {
  visit.noteEnded(reason, receipt);
  const origin = reason === 'cross-site' ? visit.request.header('origin') : undefined;
  visit.emit({ type: 'refused', reason, ...(origin !== undefined && { origin }) });
}

const NONE: readonly string[] = [];
