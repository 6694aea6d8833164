import { performance } from 'node:perf_hooks';
import { IDLE_MS, type Side } from '../side.ts';
import type { Clock } from './clock.ts';
import type { Sweep } from './task.ts';

/** Puts the clock forward past every session's time, sweeps, and watches for how long nothing else can run. */
export async function measureSweep(side: Side, clock: Clock): Promise<Sweep> {
  if (side.sweep === undefined) throw new Error('This side cannot sweep');
  clock.forward(2 * IDLE_MS);
  const gaps = watchGaps();
  const idle = performance.eventLoopUtilization();
  const start = performance.now();
  const swept = await side.sweep();
  const wall = performance.now() - start;
  const { active } = performance.eventLoopUtilization(idle);
  return { swept, busy: active, wall, longest: await gaps.end() };
}

/** Looks in with each turn of the event loop: what lies between two looks is a stretch in which nothing else ran. */
function watchGaps(): { end(): Promise<number> } {
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
