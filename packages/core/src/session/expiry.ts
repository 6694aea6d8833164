import { MAX_LIFETIME } from '../common/duration.ts';
import type { SessionState } from './session-state.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const DAY = 24 * 60 * MINUTE;

/** How far servers' clocks may differ. */
export const CLOCK_TOLERANCE: number = 10 * SECOND;
/** How long a sweep leaves an expired record, so that a server with a slower clock can still serve it. */
export const SWEEP_MARGIN: number = 10 * MINUTE;
/** The shortest time that a receipt is kept. */
export const MIN_RECEIPT_LIFETIME: number = DAY;
/** How long a visitor is told that the session was revoked, if it could have lived so long. */
export const REVOCATION_TOLD: number = DAY;
/** How long, if the limit of the user's sessions ended it: somebody who signs in without end must not fill the store. */
export const LIMIT_TOLD: number = 60 * MINUTE;
const MAX_TOUCH_INTERVAL = MINUTE;

/** A session's timeouts, in milliseconds; `Infinity` for none. */
export interface Timeouts {
  readonly idle: number;
  readonly absolute: number;
}

/** Tells when a session that starts at `start` ends, whatever its use. */
export function absoluteDeadline(start: number, timeouts: Timeouts): number {
  return start + Math.min(timeouts.absolute, MAX_LIFETIME);
}

/** Tells when a session that is used at `now` ends: never before `earlier`, the deadline so far, and never after its absolute deadline. */
export function laterDeadline(earlier: number, now: number, absolute: number, timeouts: Timeouts): number {
  // A clock may return fractions of a millisecond; a deadline is whole.
  return Math.floor(Math.min(Math.max(earlier, now + timeouts.idle), absolute));
}

/** Tells whether a deadline has passed. At the deadline itself it has. */
export function hasPassed(expiresAt: number, now: number): boolean {
  return now >= expiresAt;
}

/** Tells which timeout set a deadline. */
export function reachedTimeout(expiresAt: number, absolute: number): 'idle' | 'absolute' {
  return expiresAt >= absolute ? 'absolute' : 'idle';
}

/** Returns the shortest time between two touches. The idle timeout may come early by this much. */
export function touchInterval(timeouts: Timeouts): number {
  return Math.min(timeouts.idle / 10, MAX_TOUCH_INTERVAL);
}

/** Tells whether a use now should be recorded: the last one is a touch interval old, or the deadline was set by a shorter idle timeout. */
export function isTouchDue(
  {
    lastUsedAt,
    expiresAt,
    absoluteDeadline: absolute,
  }: Pick<SessionState, 'lastUsedAt' | 'expiresAt' | 'absoluteDeadline'>,
  now: number,
  timeouts: Timeouts,
): boolean {
  const interval = touchInterval(timeouts);
  return (
    now - lastUsedAt >= interval || laterDeadline(expiresAt, now, absolute, timeouts) - expiresAt >= interval
  );
}
