import { MAX_LIFETIME } from '../common/duration.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const DAY = 24 * 60 * MINUTE;

/** How far servers' clocks may differ. */
export const CLOCK_TOLERANCE: number = 10 * SECOND;
/** How long an expired record is left to those with slower clocks before a sweep takes it. */
export const SWEEP_MARGIN: number = 10 * MINUTE;
/** How long a receipt is kept at least. */
export const MIN_RECEIPT_LIFETIME: number = DAY;
const MAX_TOUCH_INTERVAL = MINUTE;

/** How long a session lives, in milliseconds; `Infinity` for none. */
export interface Timeouts {
  readonly idle: number;
  readonly absolute: number;
}

/** Tells when a session that starts at `start` ends, whatever its use. */
export function absoluteDeadline(start: number, timeouts: Timeouts): number {
  return start + Math.min(timeouts.absolute, MAX_LIFETIME);
}

/** Tells when a session ends that is used at `now`: never before `earlier`, what it was told already, and never past its absolute deadline. */
export function laterDeadline(earlier: number, now: number, absolute: number, timeouts: Timeouts): number {
  // A clock may tell parts of a millisecond; a deadline is whole.
  return Math.floor(Math.min(Math.max(earlier, now + timeouts.idle), absolute));
}

/** Tells whether a deadline has passed: the moment itself is too late. */
export function hasPassed(expiresAt: number, now: number): boolean {
  return now >= expiresAt;
}

/** Tells which timeout set a deadline. */
export function reachedTimeout(expiresAt: number, absolute: number): 'idle' | 'absolute' {
  return expiresAt >= absolute ? 'absolute' : 'idle';
}

/** Gives the shortest time between two touches: so much may the idle timeout come early. */
export function touchInterval(timeouts: Timeouts): number {
  return Math.min(timeouts.idle / 10, MAX_TOUCH_INTERVAL);
}

/** Tells whether a use now should move the idle deadline on. */
export function isTouchDue(lastUse: number, now: number, timeouts: Timeouts): boolean {
  return now - lastUse >= touchInterval(timeouts);
}
