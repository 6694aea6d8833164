import { randomText } from '../common/random.ts';
import { timeoutsOf } from '../config/config.ts';
import { type Snapshot, snapshotFor } from '../records/snapshot.ts';
import { type Upkeep, upkeepOf } from '../session/admission.ts';
import {
  recoveryBegun,
  recoveryConfirmed,
  renewalBegun,
  renewalConfirmed,
  settled,
  touched,
  withDevice,
  withObserved,
} from '../session/lifecycle.ts';
import { isSettled } from '../session/recovery.ts';
import type { Device, SessionState } from '../session/session-state.ts';
import { deriveNext, deriveSecret, hashSecret } from '../session/token.ts';
import type { RequestContext } from './request-context.ts';
import { type Opened, type Resolution, rejected } from './resolution.ts';
import { resolveToken } from './resolve-token.ts';

const NONCE_BYTES = 12;

/** An upkeep that is due, and what it writes besides. */
export interface DueUpkeep {
  readonly upkeep: NonNullable<Upkeep>;
  /** What the client checks have observed so far. */
  readonly observed: SessionState['observed'];
  /** The binding that the request confirms; undefined if it confirms none. */
  readonly device: Device | undefined;
}

/** Returns the upkeep that serving a token asks for. A successor that is handed over needs none, unless the client lost it in a crash. */
export function dueUpkeep(
  context: RequestContext<object>,
  opened: Opened,
  device: DueUpkeep['device'],
): Upkeep {
  if (opened.handedOver !== undefined && opened.match.as !== 'recovered') return undefined;
  const { config } = context.deps;
  const { state, seenAt } = opened.snapshot;
  return upkeepOf(withDerivableNext(context, opened), opened.match, {
    openedAt: context.openedAt,
    now: seenAt,
    renewalGrace: config.renewalGrace,
    passive: context.passive,
    renewable: context.transport.sentAutomatically && !context.isSealed && device === undefined,
    renewAfter: config.renewAfter,
    timeouts: timeoutsOf(config, state.user),
  });
}

/** Returns the state without a renewal whose key is no longer in `secrets`, so that a new one begins. */
function withDerivableNext(
  { deps }: RequestContext<object>,
  { token, match, snapshot: { state } }: Opened,
): SessionState {
  if (match.as !== 'current' || state.next === undefined) return state;
  const isDerivable = deriveNext(token.secret, state.next, deps.config.signingKeys) !== undefined;
  return isDerivable ? state : { ...state, next: undefined };
}

/** Writes an upkeep. Returns the session as written, or a new resolution if another writer changed the record. */
export async function writeUpkeep(
  context: RequestContext<object>,
  opened: Opened,
  due: DueUpkeep,
): Promise<Snapshot | Resolution> {
  const { token, snapshot, handedOver } = opened;
  const { config, port, sweeper, users } = context.deps;
  const { state, record, seenAt } = snapshot;
  if ((due.upkeep === 'confirm' || due.upkeep === 'recover') && state.user !== undefined) {
    const verified = await users.verifyListed(state.user.id, token.id, state);
    if (verified === 'revoked') {
      await users.end(state.user.id, token.id, 'revoke-user');
      return rejected('revoked');
    }
  }
  const next = snapshotFor(keptUp(context, due, opened), snapshot, config.randomBytes, seenAt);
  const written = await port.write({
    key: token.id,
    base: record,
    next: next.record,
    until: state.expiresAt,
    // The upkeep is decided again from the record that is found, so mistaking its own write for another's does no harm.
    isKnownMissing: () => true,
  });
  if (written.kind === 'gone') return rejected('unknown');
  if (written.record !== next.record) {
    // What the client presented decides, not the successor that it led to.
    return handedOver === undefined
      ? resolveToken(context, token, written.record)
      : resolveToken(context, handedOver.presented);
  }
  sweeper.sweepIfDue(context.options);
  return next;
}

/** Returns the state after an upkeep. */
function keptUp(
  context: RequestContext<object>,
  { upkeep, observed, device }: DueUpkeep,
  { token, match, snapshot: { state: found, seenAt: now } }: Opened,
): SessionState {
  const { config } = context.deps;
  const state = device === undefined ? found : withDevice(found, device);
  const used = touched(withObserved(state, observed), now, timeoutsOf(config, state.user));
  if (upkeep === 'recover') return recoveryBegun(used);
  if (upkeep === 'confirm') {
    return match.as === 'next'
      ? renewalConfirmed(used, context.client(), now)
      : recoveryConfirmed(used, context.client(), now);
  }
  const { openedAt } = context;
  const isAtRest = match.as === 'current' && isSettled(used, { openedAt, renewalGrace: config.renewalGrace });
  const kept = isAtRest ? settled(used) : used;
  if (upkeep === 'touch') return kept;
  const nonce = randomText(config.randomBytes, NONCE_BYTES);
  const secret = deriveSecret(token.secret, nonce, config.signingKeys);
  // Offered again until the session is bound: the response or the registration may have been lost.
  const offered = (kept.device && config.deviceBinding?.offer(context, token.id, kept, now, true)) ?? kept;
  return renewalBegun(offered, { nonce, hash: hashSecret(secret) });
}
