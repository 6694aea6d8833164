import type { Statements } from './statements.ts';

/**
 * How many records one statement removes. Each costs two or three pages, at random places of the file, so that this is well under a
 * millisecond's work with a million records.
 */
const SLICE = 16;

/**
 * After how many slices the write-ahead log is copied into the file. SQLite itself does it every 1000 pages, and then the event loop
 * stands still for as long as the disk needs for those.
 */
const SLICES_TO_CHECKPOINT = 2;

/**
 * Removes up to `limit` records in slices, and lets the event loop run on after each. `guard` throws where the connection must not be used.
 *
 * A write that moves a deadline on leaves the index as it is, so what is due may have been used since: that is put off to its deadline.
 */
export async function sweepInSlices(
  { sweep, putOff, checkpoint }: Statements,
  guard: () => void,
  now: number,
  limit: number,
): Promise<number> {
  let gone = 0;
  for (let slices = 1; gone < limit; slices += 1) {
    const slice = Math.min(SLICE, limit - gone);
    guard();
    const removed = Number(sweep.run(now, slice, now).changes);
    gone += removed;
    if (removed < slice && removed + Number(putOff.run(now, slice, now).changes) < slice) break;
    await nextTurn();
    if (slices % SLICES_TO_CHECKPOINT !== 0) continue;
    try {
      checkpoint.get();
    } catch {
      // The log can wait: SQLite copies it by itself when it has grown. The records are gone either way.
    }
    await nextTurn();
  }
  return gone;
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
