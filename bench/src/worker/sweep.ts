import { performance } from 'node:perf_hooks';
import { IDLE_MS, type Side } from '../side.ts';
import type { Clock } from './clock.ts';
import type { Sweep } from './task.ts';

/** About as long as the sweep takes that is watched. */
const IDLE_WATCH_MS = 300;

/** Moves the clock past every deadline and sweeps. Watching for the longest slice keeps the event loop busy, so one run cannot measure both. */
export async function measureSweep(side: Side, clock: Clock, isWatched: boolean): Promise<Sweep> {
  if (side.sweep === undefined) throw new Error('This side cannot sweep');
  clock.forward(2 * IDLE_MS);
  const idleLongest = isWatched ? await longestWhileIdle() : 0;
  const slices = isWatched ? watchSlices() : undefined;
  const idle = performance.eventLoopUtilization();
  const swept = await side.sweep();
  const { active } = performance.eventLoopUtilization(idle);
  return { swept, busy: active, longest: (await slices?.end()) ?? 0, idleLongest };
}

/** Finds the longest stretch for which nothing else could run while there is nothing to do: so long the machine itself stands still. */
async function longestWhileIdle(): Promise<number> {
  const slices = watchSlices();
  await new Promise((resolve) => setTimeout(resolve, IDLE_WATCH_MS));
  return slices.end();
}

/** Looks in with each turn of the event loop: what lies between two looks is a stretch in which nothing else ran, in milliseconds. */
function watchSlices(): { end(): Promise<number> } {
  let longest = 0;
  let last = performance.now();
  let isWatching = true;
  const look = (): void => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
    if (isWatching) setImmediate(look);
  };
  setImmediate(look);
  return {
    end: async () => {
      isWatching = false;
      await new Promise((resolve) => setImmediate(resolve));
      return longest;
    },
  };
}
