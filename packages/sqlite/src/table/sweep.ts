import type { Statements } from './statements.ts';

/**
 * How many records one statement removes. Each touches two or three pages at random places of the file, so one slice takes well under a
 * millisecond with a million records.
 */
const SLICE = 16;

/**
 * After how many slices the write-ahead log is copied into the file. SQLite itself does so every 1000 pages, and blocks the event loop
 * for as long as the disk needs for that many.
 */
const SLICES_TO_CHECKPOINT = 2;

/**
 * Removes up to `limit` expired records in slices, and lets the event loop run after each. `guard` throws if the connection must not be used.
 *
 * A write that extends a deadline does not change the index, so a due record may have been used since. Such a record is postponed to its deadline.
 */
export async function sweepInSlices(
  { sweep, postpone, checkpoint }: Statements,
  guard: () => void,
  now: number,
  limit: number,
): Promise<number> {
  let total = 0;
  for (let slices = 1; total < limit; slices += 1) {
    const slice = Math.min(SLICE, limit - total);
    guard();
    const removed = Number(sweep.run(now, slice, now).changes);
    total += removed;
    if (removed < slice && removed + Number(postpone.run(now, slice, now).changes) < slice) break;
    await nextTurn();
    if (slices % SLICES_TO_CHECKPOINT !== 0) continue;
    try {
      checkpoint.get();
    } catch {
      // Ignored: SQLite copies the log by itself when it has grown. The records are removed either way.
    }
    await nextTurn();
  }
  return total;
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
