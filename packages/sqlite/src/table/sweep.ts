import type { SqliteStatement } from '../connection/connection.ts';
import type { Statements } from './statements.ts';

/**
 * How many records one statement removes. Each touches two or three pages at random places of the file, so one slice takes well under a
 * millisecond with a million records.
 */
const SLICE = 16;

/** How the statements are run. */
interface Sweeping {
  /** Runs a statement for up to so many due records, and resolves to how many it changed. */
  readonly run: (statement: SqliteStatement, count: number) => Promise<number>;
  /** Is told how many records were removed, and resolves when more may be. */
  readonly pace: (removed: number) => Promise<void>;
}

/**
 * Removes up to `limit` expired records in slices, and lets the event loop run after each.
 *
 * A write that extends a deadline does not change the index, so a due record may have been used since. Such a record is postponed to its deadline.
 */
export async function sweepInSlices(
  { sweep, postpone }: Statements,
  { run, pace }: Sweeping,
  limit: number,
): Promise<number> {
  let total = 0;
  while (total < limit) {
    const slice = Math.min(SLICE, limit - total);
    const removed = await run(sweep, slice);
    total += removed;
    if (removed < slice && removed + (await run(postpone, slice)) < slice) break;
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
