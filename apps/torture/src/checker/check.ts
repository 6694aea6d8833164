import type { HistoryEvent } from '../history/events.ts';
import { HistoryError } from '../history/reader.ts';
import { unexplainedFailures } from './rules/availability.ts';
import { servedAfterEnd } from './rules/endings.ts';
import { slowRequests, undocumentedErrors } from './rules/errors.ts';
import { repeatedFinishes } from './rules/finishes.ts';
import { lostUpdates } from './rules/kept-updates.ts';
import { lostSessions } from './rules/losses.ts';
import { deadProcesses } from './rules/processes.ts';
import { wrongTokens } from './rules/tokens.ts';
import { foreignUsers } from './rules/users.ts';
import { wrongUpdates } from './rules/written-updates.ts';
import { mayBeUndone } from './undone.ts';
import type { Violation } from './violation.ts';
import { World } from './world.ts';

/** What a history shows. */
export interface Verdict {
  readonly world: World;
  /** Broken promises. */
  readonly violations: readonly Violation[];
  /** What a fault undid that the documentation says may be undone. */
  readonly undone: readonly Violation[];
}

const RULES: readonly ((world: World) => readonly Violation[])[] = [
  lostUpdates,
  wrongUpdates,
  repeatedFinishes,
  servedAfterEnd,
  wrongTokens,
  lostSessions,
  foreignUsers,
  undocumentedErrors,
  slowRequests,
  deadProcesses,
  unexplainedFailures,
];

/**
 * Judges a history. Knows the promises of the documentation, and nothing of the library.
 *
 * @throws {HistoryError} if the history is of no complete run: that shows nothing, and must not look like a run without violations.
 */
export function check(events: readonly HistoryEvent[]): Verdict {
  const world = new World(events);
  checkComplete(world);
  const found = RULES.flatMap((rule) => rule(world));
  const undone = found.filter((each) => mayBeUndone(world, each));
  return { world, violations: found.filter((each) => !undone.includes(each)), undone };
}

/** @throws {HistoryError} if a server did not start, did not write, or if no fault struck where one should. */
function checkComplete({ run, calls, servers, faults }: World): void {
  for (let server = 0; server < run.servers; server += 1) {
    if (!servers.some((each) => each.server === server && each.what === 'started')) {
      throw new HistoryError(`Server ${server} did not start, so the run shows nothing.`);
    }
    const hasWritten = calls.some(
      (call) => call.server === server && call.action === 'add' && call.effect === 'done',
    );
    if (!hasWritten) throw new HistoryError(`Server ${server} accepted no update, so the run shows nothing.`);
  }
  if (run.strikes && faults.length === 0) {
    throw new HistoryError(`The nemesis ${run.nemesis} made no fault, so the run shows nothing.`);
  }
}
