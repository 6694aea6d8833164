import { type Client, looksDifferent } from '../http/client.ts';
import { hasPassed, isTouchDue, reachedTimeout, type Timeouts } from './expiry.ts';
import type { RetiredSecret, SessionState } from './session-state.ts';

/** What a presented secret is to the session that it may open. */
export type Accepted =
  | { readonly as: 'current' }
  | { readonly as: 'next' }
  | { readonly as: 'retired'; readonly secret: RetiredSecret };

/** Says whether a presented secret opens a session. */
export type Verdict =
  | { readonly kind: 'open'; readonly match: Accepted }
  /** No accepted secret: whatever the record's state, nothing of it is told. */
  | { readonly kind: 'unknown' }
  /** Past its deadline: the record is to be deleted before this is answered. `accepted` tells whether the visitor may learn of it. */
  | { readonly kind: 'expired'; readonly reason: 'idle' | 'absolute'; readonly accepted: boolean }
  | { readonly kind: 'finished' }
  /** A retired secret after its grace. `stolen`: somebody else has a copy, so the session ends for both. */
  | { readonly kind: 'retired'; readonly stolen: boolean };

/** Finds what a secret is to a session, by its hash. */
export function matchSecret(state: SessionState, hash: string): Accepted | undefined {
  if (hash === state.secret.hash) return { as: 'current' };
  if (hash === state.next?.hash) return { as: 'next' };
  const secret = state.retired.find((each) => each.hash === hash);
  return secret && { as: 'retired', secret };
}

/** What a verdict is reached from, besides the state. */
export interface Presented {
  readonly hash: string;
  /** When the request arrived: a slow one is judged by when it set out to ask. */
  readonly openedAt: number;
  readonly now: number;
  readonly renewalGrace: number;
  /** Looks at the client, where that matters. */
  readonly client: () => Client;
}

/** Judges a presented secret. The secret comes first: without an accepted one nobody learns in what state a session is (IDs are public). */
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

/** What serving a request does to the record, apart from what the app does. */
export type Upkeep = 'confirm' | 'renew' | 'touch' | undefined;

/** What upkeep is decided by, besides the state. */
export interface UpkeepRules {
  readonly now: number;
  /** The mere look writes nothing. */
  readonly passive: boolean;
  /** Whether a new token could reach the client by itself: by a cookie, in a response still open. */
  readonly renewable: boolean;
  /** `Infinity` for never. */
  readonly renewAfter: number;
  readonly timeouts: Timeouts;
}

/** Decides what serving a request writes. A confirmation and the beginning of a renewal touch as well. */
export function upkeepOf(state: SessionState, match: Accepted, rules: UpkeepRules): Upkeep {
  const { now, passive, renewable, renewAfter, timeouts } = rules;
  if (passive) return undefined;
  if (match.as === 'next') return 'confirm';
  const due = now - state.secret.since >= renewAfter;
  if (match.as === 'current' && state.next === undefined && due && renewable) return 'renew';
  return isTouchDue(state.lastUsedAt, now, timeouts) ? 'touch' : undefined;
}
