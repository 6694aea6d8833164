import type { Settings } from './settings.ts';

/** A place at which a test may end the process. */
export type Failpoint = NonNullable<Settings['failpoint']>;

/**
 * Kills the process, as a power failure would, if the settings name this place.
 *
 * For tests only: they show that an order is completed after a crash between `finish` and writing the order.
 */
export function passFailpoint(place: Failpoint, settings: Settings): void {
  if (settings.failpoint === place) process.kill(process.pid, 'SIGKILL');
}
