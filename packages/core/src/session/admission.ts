import { type Client, looksDifferent } from '../http/client.ts';
import { hasPassed, isTouchDue, reachedTimeout, type Timeouts } from './expiry.ts';
import type { RetiredSecret, SessionState } from './session-state.ts';

/** Which of a session's accepted secrets was presented. */
export type Accepted =
  | { readonly as: 'current' }
  | { readonly as: 'next' }
  | { readonly as: 'retired'; readonly secret: RetiredSecret };

/** Says whether a presented secret opens the session. */
export type Verdict =
  | { readonly kind: 'open'; readonly match: Accepted }
  /** Not an accepted secret: the response reveals nothing about the record. */
  | { readonly kind: 'unknown' }
  /** Past its deadline: delete the record before responding. `accepted`: the secret was accepted, so the visitor may learn why. */
  | { readonly kind: 'expired'; readonly reason: 'idle' | 'absolute'; readonly accepted: boolean }
  | { readonly kind: 'finished' }
  /** A retired secret, presented after its grace. `stolen`: two clients hold the token, so the session ends for both. */
  | { readonly kind: 'retired'; readonly stolen: boolean };

/** Finds a secret among a session's accepted secrets, by its hash. */
export function matchSecret(state: SessionState, hash: string): Accepted | undefined {
  if (hash === state.secret.hash) return { as: 'current' };
  if (hash === state.next?.hash) return { as: 'next' };
  const secret = state.retired.find((each) => each.hash === hash);
  return secret && { as: 'retired', secret };
}

/** What was presented, when, and by whom. */
export interface Presented {
  readonly hash: string;
  /** When the request arrived. The grace is measured up to here, so that a slow request is not refused for its slowness. */
  readonly openedAt: number;
  readonly now: number;
  readonly renewalGrace: number;
  /** Describes the client; called only if the verdict depends on it. */
  readonly client: () => Client;
}

/** Judges a presented secret. The secret is compared first: session IDs are public, so without an accepted secret nothing about the session is revealed. */
export function judge(state: SessionState, presented: Presented): Verdict {
  const match = matchSecret(state, presented.hash);
  const passed = hasPassed(state.expiresAt, presented.now);
  if (match?.as === 'retired' && presented.openedAt - match.secret.at > presented.renewalGrace) {
    const stolen =
      state.finish === undefined && !passed && looksDifferent(match.secret.client, presented.client());
    return { kind: 'retired', stolen };
  }
  if (passed) {
    const reason = reachedTimeout(state.expiresAt, state.absoluteDeadline);
    return { kind: 'expired', reason, accepted: match !== undefined };
  }
  if (match === undefined) return { kind: 'unknown' };
  return state.finish === undefined ? { kind: 'open', match } : { kind: 'finished' };
}

/** The write that serving a request needs, apart from the app's own: undefined for none. */
export type Upkeep = 'confirm' | 'renew' | 'touch' | undefined;

/** What the upkeep depends on, besides the state. */
export interface UpkeepRules {
  readonly now: number;
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
  if (match.as === 'next') return 'confirm';
  const due = now - state.secret.since >= renewAfter;
  if (match.as === 'current' && state.next === undefined && due && renewable) return 'renew';
  return isTouchDue(state, now, timeouts) ? 'touch' : undefined;
}
