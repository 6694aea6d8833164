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
export async function bestOfRounds<T, W = Worker>(
  workers: readonly W[],
  { rounds, tries }: Pick<Plan, 'rounds' | 'tries'>,
  run: (worker: W) => Promise<T>,
  better: (one: T, other: T) => T,
): Promise<Map<W, T[]>> {
  const runs = new Map<W, T[]>();
  for (let round = 0; round < rounds; round += 1) {
    const best = new Map<W, T>();
    for (let time = 0; time < tries; time += 1) {
      for (const worker of rotated(workers, round)) {
        const own = await run(worker);
        const before = best.get(worker);
        best.set(worker, before === undefined ? own : better(before, own));
      }
    }
    for (const [worker, own] of best) runs.set(worker, [...(runs.get(worker) ?? []), own]);
  }
  return runs;
}

/** Finds the framework alone that a side is compared with. */
export function bareOf({ framework }: SideEntry): SideEntry {
  const bare = SIDES.find((each) => each.framework === framework && each.store === 'none');
  if (bare === undefined) throw new Error(`There is no side of ${framework} alone`);
  return bare;
}

/** Finds among the workers the one of the framework alone that a side is compared with. */
export function bareAmong(workers: readonly Worker[], entry: SideEntry): Worker {
  const { id } = bareOf(entry);
  const bare = workers.find((each) => each.entry.id === id);
  if (bare === undefined) throw new Error(`There is no worker of ${id}`);
  return bare;
}

export function median(values: readonly number[]): number {
  return statOf(values).median;
}
