import type { Settings } from './settings.ts';

/** Names a place where a test may end the process. */
export type Failpoint = NonNullable<Settings['failpoint']>;

/**
 * Ends the process as if the power failed, where the settings name this place.
 *
 * For tests only: they show that an order is completed after a crash between `finish` and the order's row.
 */
export function passFailpoint(place: Failpoint, settings: Settings): void {
  if (settings.failpoint === place) process.kill(process.pid, 'SIGKILL');
}
