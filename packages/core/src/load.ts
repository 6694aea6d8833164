import { type Upkeep, upkeepOf } from './admission.ts';
import { judgeClient } from './client-changes.ts';
import { timeoutsOf } from './config.ts';
import { isPlanted } from './cross-site.ts';
import { examine, type Finding, type Opens } from './examine.ts';
import { grant } from './grant.ts';
import { renewalBegun, renewalConfirmed, touched, withObserved } from './lifecycle.ts';
import { randomText } from './random.ts';
import type { Outgoing, RequestVisit } from './request-visit.ts';
import type { SessionState } from './session-state.ts';
import type { Ended } from './session-types.ts';
import { type Snapshot, snapshotFor } from './snapshot.ts';
import { deriveSecret, hashSecret, parseToken, type Token } from './token.ts';

const NONCE_BYTES = 12;

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
    await loadTokens(visit, tokens);
  }
  const { config } = visit.engine;
  visit.isLoaded = true;
  visit.loadedAt = config.now();
  if (
    config.grantAtVisit &&
    visit.held === undefined &&
    !visit.passive &&
    !visit.isCrossSite &&
    !visit.isSealed
  ) {
    await grant(visit, (data) => ({ data, result: undefined }));
  }
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

async function loadTokens(visit: RequestVisit<object>, texts: readonly string[]): Promise<void> {
  const { kind } = visit.transport;
  if ((kind === 'query' || kind === 'form') && isPlanted(visit.request)) {
    refuse(visit, 'cross-site');
    return;
  }
  let found: Finding | undefined;
  for (const text of texts) {
    const token = parseToken(text, visit.engine.config.signingKeys);
    const next: Finding =
      typeof token === 'string' ? { kind: 'closed', reason: token } : await examine(visit, token);
    if (found?.kind !== 'opens') {
      // Of several that open nothing the one that says most is told.
      if (found === undefined || next.kind === 'opens' || found.reason === 'malformed') found = next;
    } else if (next.kind === 'opens' && next.token.id !== found.token.id) {
      refuse(visit, 'ambiguous');
      return;
    }
  }
  while (found?.kind === 'opens') {
    const again: Finding | undefined = await serve(visit, found);
    if (again === undefined) return;
    found = again;
  }
  if (found === undefined) return;
  refuse(visit, found.reason);
  if (found.receipt !== undefined) visit.ended = { reason: found.reason, receipt: found.receipt };
}

/** Serves what a token opens: judges the client, does the upkeep and holds the session. Returns a new finding where somebody came between. */
async function serve(visit: RequestVisit<object>, opens: Opens): Promise<Finding | undefined> {
  const { token, match, snapshot, handedOver } = opens;
  const { config, port, users } = visit.engine;
  const { state, record } = snapshot;
  const client = judgeClient(visit, token.id, state);
  if (client.isRefused) return { kind: 'closed', reason: 'client' };
  const now = config.now();
  const isCookie = visit.transport.kind === 'cookie';
  let upkeep: Upkeep;
  if (handedOver === undefined) {
    upkeep = upkeepOf(state, match, {
      now,
      passive: visit.passive,
      renewable: isCookie && !visit.isSealed,
      renewAfter: config.renewAfter,
      timeouts: timeoutsOf(config, state.user),
    });
  }
  if (upkeep === undefined && client.isNew && !visit.passive) upkeep = 'touch';
  if (upkeep === undefined) {
    hold(visit, opens, snapshot);
    return undefined;
  }
  if (upkeep === 'confirm' && state.user !== undefined) {
    const vouched = await users.vouch(state.user.id, token.id, state);
    if (vouched === 'revoked') {
      await users.end(state.user.id, token.id, 'revoke-user');
      return { kind: 'closed', reason: 'unknown' };
    }
  }
  const next = snapshotFor(
    kept(visit, upkeep, token, withObserved(state, client.observed), now),
    snapshot,
    config.randomBytes,
    now,
  );
  const written = await port.write({
    key: token.id,
    base: record,
    next: next.record,
    until: state.expiresAt,
    // The upkeep decides anew from what is found, so it does no harm to take one's own write for another's.
    isWithout: () => true,
  });
  if (written.kind === 'gone') return { kind: 'closed', reason: 'unknown' };
  if (written.record !== next.record) return examine(visit, token, written.record);
  visit.engine.sweepIfDue();
  hold(visit, { ...opens, snapshot: next }, next, upkeep);
  return undefined;
}

/** Makes the state that an upkeep leaves. */
function kept(
  visit: RequestVisit<object>,
  upkeep: NonNullable<Upkeep>,
  token: Token,
  state: SessionState,
  now: number,
): SessionState {
  const { config } = visit.engine;
  const used = touched(state, now, timeoutsOf(config, state.user));
  if (upkeep === 'touch') return used;
  if (upkeep === 'confirm') return renewalConfirmed(used, visit.look(), now);
  const nonce = randomText(config.randomBytes, NONCE_BYTES);
  return renewalBegun(used, { nonce, hash: hashSecret(deriveSecret(token.secret, nonce)) });
}

/** Holds a session that a token opened, and decides which token goes out: a successor's, or the one that a renewal derives. */
function hold(visit: RequestVisit<object>, opens: Opens, snapshot: Snapshot, upkeep?: Upkeep): void {
  const { token, match, handedOver } = opens;
  const { state } = snapshot;
  let outgoing: Outgoing | undefined;
  if (handedOver !== undefined) {
    visit.ended = {
      reason: 'finished',
      ...(handedOver.receipt !== undefined && { receipt: handedOver.receipt }),
    };
    // Like a renewed token it comes in other answers too, and a late one could put it over a newer.
    if (match.as === 'current') outgoing = visit.outgoingFor(token.id, token.secret, state, true);
  } else if (
    match.as === 'current' &&
    state.next !== undefined &&
    visit.transport.kind === 'cookie' &&
    !visit.passive &&
    !visit.isSealed
  ) {
    outgoing = visit.outgoingFor(token.id, deriveSecret(token.secret, state.next.nonce), state, true);
  }
  visit.hold(
    {
      id: token.id,
      secret: token.secret,
      admission: { generation: state.generation },
      state,
      base: snapshot,
    },
    outgoing,
  );
  if (upkeep === 'confirm') visit.emit({ type: 'confirmed' });
  else if (upkeep === 'renew') visit.emit({ type: 'renewed', by: 'timer' });
  else if (handedOver === undefined && outgoing !== undefined) visit.emit({ type: 'reissued' });
  if (upkeep === 'touch') visit.emit({ type: 'touched' });
}

/** Makes the visitor one without a session. */
function refuse(visit: RequestVisit<object>, reason: Ended): void {
  visit.ended = { reason };
  const origin = reason === 'cross-site' ? visit.request.header('origin') : undefined;
  visit.emit({ type: 'refused', reason, ...(origin !== undefined && { origin }) });
}

const NONE: readonly string[] = [];
