import { type Client, looksSame } from '../http/client.ts';
import type { NextSecret, SessionState } from './session-state.ts';

/** How long a browser may keep a changed cookie in memory before it is on disk, in milliseconds. Chromium writes them every 30 seconds. */
const COOKIE_FLUSH = 30_000;

/** The request that may come from a browser after its crash. */
export interface Comeback {
  /** When the request arrived. */
  readonly openedAt: number;
  readonly renewalGrace: number;
  /** Whether the token came in a cookie: only a cookie goes back in time by itself. */
  readonly byCookie: boolean;
  /** Describes the client; called only if the verdict depends on it. */
  readonly client: () => Client;
}

/**
 * Tells whether a request may come from a browser that crashed before the current secret was on disk. `knownBy` is the client that had the current secret
 * before the crash. Only the token before the current one may come back, once, and only from a client that looks the same.
 */
export function mayRecover(
  { recovery, secret }: SessionState,
  knownBy: Client,
  { openedAt, renewalGrace, byCookie, client }: Comeback,
): boolean {
  if (!byCookie || recovery === undefined) return false;
  // The requests that set out beside the one that was recovered.
  if (recovery.status === 'used' && openedAt - secret.since > renewalGrace) return false;
  return looksSame(knownBy, client());
}

/** Returns the longest time from the first use of a token to its next renewal, if `renewAfter` is shorter, in milliseconds. */
export function timeToSettle(renewalGrace: number): number {
  return COOKIE_FLUSH + renewalGrace * 2;
}

/**
 * Tells whether a request that presents the current secret shows that its browser has had it for longer than any cookie takes to disk. The request may have
 * been under way for the grace. So may the response that brought a successor's first secret, which nobody confirms; and a request of before the crash that
 * loads its session late is still judged by the recovery.
 */
export function isSettled(
  { recovery, secret }: SessionState,
  { openedAt, renewalGrace }: Pick<Comeback, 'openedAt' | 'renewalGrace'>,
): boolean {
  const isLonger = recovery !== undefined && (recovery.nonce === undefined || recovery.status === 'used');
  return openedAt - secret.since >= COOKIE_FLUSH + renewalGrace * (isLonger ? 2 : 1);
}

/** Returns the current secret as it is derived from the one before. Undefined if no client may come back from that one, as for a successor, whose nonce is not here. */
export function recoveredSecret({ recovery, secret }: SessionState): NextSecret | undefined {
  return recovery?.nonce === undefined ? undefined : { nonce: recovery.nonce, hash: secret.hash };
}
