import type { Statements } from './statements.ts';

/**
 * How many records one statement removes. Each touches two or three pages at random places of the file, so one slice takes well under a
 * millisecond with a million records.
 */
const SLICE = 16;

/**
 * Removes up to `limit` expired records in slices, and lets the event loop run after each. `guard` throws if the connection must not be used; `pace` is told of
 * each slice and resolves when the next may follow.
 *
 * A write that extends a deadline does not change the index, so a due record may have been used since. Such a record is postponed to its deadline.
 */
export async function sweepInSlices(
  { sweep, postpone }: Statements,
  { guard, pace }: { readonly guard: () => void; readonly pace: (removed: number) => Promise<void> },
  now: number,
  limit: number,
): Promise<number> {
  let total = 0;
  while (total < limit) {
    const slice = Math.min(SLICE, limit - total);
    guard();
    const removed = Number(sweep.run(now, slice, now).changes);
    total += removed;
    if (removed < slice && removed + Number(postpone.run(now, slice, now).changes) < slice) break;
    await nextTurn();
    await pace(slice);
    await nextTurn();
  }
  return total;
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
