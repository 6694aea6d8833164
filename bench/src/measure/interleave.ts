import { SIDES, type SideEntry } from '../side-list.ts';
import { statOf } from '../stats.ts';

/** Lets each round begin with another one, so that no side always follows the same. */
export function rotated<T>(all: readonly T[], round: number): readonly T[] {
  const first = round % all.length;
  return [...all.slice(first), ...all.slice(0, first)];
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
