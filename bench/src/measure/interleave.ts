import { SIDES, type SideEntry } from '../side-list.ts';
import { statOf } from '../stats.ts';
import type { Worker } from '../worker/worker.ts';
import type { Plan } from './plan.ts';

/** Lets each round begin with another one, so that no side always follows the same. */
export function rotated<T>(all: readonly T[], round: number): readonly T[] {
  const first = round % all.length;
  return [...all.slice(first), ...all.slice(0, first)];
}

/**
 * Gives for each side the best try of each round. The tries of a side are spread over the round: a machine that is slow for some seconds is slow for every side.
 */
export async function bestOfRounds<T>(
  workers: readonly Worker[],
  { rounds, tries }: Plan,
  run: (worker: Worker) => Promise<T>,
  better: (one: T, other: T) => T,
): Promise<Map<string, T[]>> {
  const runs = new Map<string, T[]>();
  for (let round = 0; round < rounds; round += 1) {
    const best = new Map<string, T>();
    for (let time = 0; time < tries; time += 1) {
      for (const worker of rotated(workers, round)) {
        const { id } = worker.entry;
        const own = await run(worker);
        const before = best.get(id);
        best.set(id, before === undefined ? own : better(before, own));
      }
    }
    for (const [id, own] of best) runs.set(id, [...(runs.get(id) ?? []), own]);
  }
  return runs;
}

/** Finds the framework alone that a side is compared with. */
export function bareOf({ framework }: SideEntry): SideEntry {
  const bare = SIDES.find((each) => each.framework === framework && each.store === 'none');
  if (bare === undefined) throw new Error(`There is no side of ${framework} alone`);
  return bare;
}

export function median(values: readonly number[]): number {
  return statOf(values).median;
}
