import { looksDifferent } from '../http/client.ts';
import { hasPassed, isTouchDue, reachedTimeout, type Timeouts } from './expiry.ts';
import { type Comeback, isSettled, mayRecover, recoveredSecret } from './recovery.ts';
import type { NextSecret, RetiredSecret, SessionState } from './session-state.ts';

/** Which of a session's accepted secrets was presented. */
export type Accepted =
  | { readonly as: 'current' }
  | { readonly as: 'next' }
  | { readonly as: 'retired'; readonly secret: RetiredSecret }
  /** The one before the current one, presented by a browser that lost the current one in a crash. */
  | { readonly as: 'recovered' };

/** Says whether a presented secret opens the session. */
export type Verdict =
  | { readonly kind: 'open'; readonly match: Accepted }
  /** Not an accepted secret: the response reveals nothing about the record. */
  | { readonly kind: 'unknown' }
  /** Past its deadline: delete the record before responding. `accepted`: the secret was accepted, so the visitor may learn why. */
  | { readonly kind: 'expired'; readonly reason: 'idle' | 'absolute'; readonly accepted: boolean }
  /** `lost`: the secret that the client may have lost in a crash, as it is derived from the presented one. */
  | { readonly kind: 'finished'; readonly lost: NextSecret | undefined }
  /** A retired secret, presented after its grace. `stolen`: two clients hold the token, so the session ends for both. */
  | { readonly kind: 'retired'; readonly stolen: boolean };

/** Finds a secret among a session's accepted secrets, by its hash. */
export function matchSecret(state: SessionState, hash: string): Accepted | undefined {
  if (hash === state.secret.hash) return { as: 'current' };
  if (hash === state.next?.hash) return { as: 'next' };
  const secret = state.retired.find((each) => each.hash === hash);
  return secret && { as: 'retired', secret };
}

/** Tells whether a secret that opens nothing any more was good at a moment: it was retired, and not longer before than the grace. */
export function wasGoodAt(state: SessionState, hash: string, moment: number, renewalGrace: number): boolean {
  const match = matchSecret(state, hash);
  return match?.as === 'retired' && moment - match.secret.at <= renewalGrace;
}

/** What was presented, when, and by whom. */
export interface Presented extends Comeback {
  readonly hash: string;
  readonly now: number;
}

/** Judges a presented secret. The secret is compared first: session IDs are public, so without an accepted secret nothing about the session is revealed. */
export function judge(state: SessionState, presented: Presented): Verdict {
  const match = matchSecret(state, presented.hash);
  const passed = hasPassed(state.expiresAt, presented.now);
  const { finish } = state;
  const isRetired = match?.as === 'retired';
  // Measured up to the arrival, so that a slow request is not refused for its slowness.
  const isLate = isRetired && presented.openedAt - match.secret.at > presented.renewalGrace;
  const comesBack =
    isRetired &&
    (isLate || finish !== undefined) &&
    !passed &&
    match.secret === state.retired[0] &&
    recoveredSecret(state) !== undefined &&
    mayRecover(state, match.secret.client, presented);
  if (isLate && !comesBack) {
    const stolen = finish === undefined && !passed && looksDifferent(match.secret.client, presented.client());
    return { kind: 'retired', stolen };
  }
  if (passed) {
    const reason = reachedTimeout(state.expiresAt, state.absoluteDeadline);
    return { kind: 'expired', reason, accepted: match !== undefined };
  }
  if (match === undefined) return { kind: 'unknown' };
  if (finish !== undefined) return { kind: 'finished', lost: comesBack ? recoveredSecret(state) : undefined };
  return { kind: 'open', match: comesBack ? { as: 'recovered' } : match };
}

/**
 * Tells whether a secret opens the successor of a session that was finished longer ago than the grace: if the browser may have lost the successor's token in a
 * crash, or never received it.
 */
export function opensSuccessor(state: SessionState, presented: Presented): boolean {
  return (
    presented.hash === state.secret.hash &&
    !hasPassed(state.expiresAt, presented.now) &&
    state.recovery?.nonce === undefined &&
    mayRecover(state, state.client, presented)
  );
}

/**
 * Tells whether a session is bound to a device. Then the timer does not renew its token: the cookie that goes with it is renewed by each proof, and a thief with copies of
 * both could be the first to confirm a new token.
 */
export function isBound({ device }: SessionState): boolean {
  return device !== undefined && device.boundAt !== null;
}

/** The write that serving a request needs, apart from the app's own: undefined for none. */
export type Upkeep = 'confirm' | 'recover' | 'renew' | 'touch' | undefined;

/** What the upkeep depends on, besides the state. */
export interface UpkeepRules extends Pick<Presented, 'openedAt' | 'now' | 'renewalGrace'> {
  /** Reading alone writes nothing. */
  readonly passive: boolean;
  /** Whether a new token would reach the client without the app's help: in a cookie, and before the response began. */
  readonly renewable: boolean;
  /** `Infinity` for never. */
  readonly renewAfter: number;
  readonly timeouts: Timeouts;
}

/** Decides which upkeep a request needs. A confirmation and the start of a renewal also extend the idle deadline. */
export function upkeepOf(state: SessionState, match: Accepted, rules: UpkeepRules): Upkeep {
  const { now, passive, renewable, renewAfter, timeouts } = rules;
  if (passive) return undefined;
  const status = state.recovery?.status;
  if (match.as === 'next') return 'confirm';
  if (match.as === 'recovered' && status === 'ready') return 'recover';
  if (match.as === 'current') {
    // Before the next renewal every browser has this secret on disk, so that a crash never takes one back by two.
    const isAtRest = status === undefined || isSettled(state, rules);
    if (status === 'offered' && isAtRest) return 'confirm';
    const due = now - state.secret.since >= renewAfter;
    if (state.next === undefined && due && renewable && isAtRest && !isBound(state)) return 'renew';
  }
  return isTouchDue(state, now, timeouts) ? 'touch' : undefined;
}
