import type { Duration } from '../common/duration.ts';
import { toMilliseconds } from '../common/duration.ts';

/** A clock that stands still until it is advanced. */
export interface FakeClock {
  /** Tells the time; hand it to `createSessions({ now })`. */
  readonly now: () => number;
  /** Moves the time on. */
  advance(by: Duration): void;
}

/**
 * Makes a clock that starts at `start`, in milliseconds since the epoch. Default: 2026-01-01T00:00Z.
 *
 * @example
 * ```ts
 * const clock = fakeClock();
 * const sessions = createSessions({ store: memoryStore(), now: clock.now });
 * clock.advance('31m');
 * ```
 */
export function fakeClock(start: number = Date.UTC(2026, 0, 1)): FakeClock {
  let time = start;
  return {
    now: () => time,
    advance: (by) => {
      time += toMilliseconds('advance(by)', by);
    },
  };
}
