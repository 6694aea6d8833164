import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import type { Seeded } from '../../../../packages/core/test/fuzz/seeded.ts';
import { SoakError } from './record.ts';
import type { Tally } from './tally.ts';
import type { Visitors } from './visitors.ts';

/** What is sent in so many seconds may wait for its response at a time: more shows that the servers do not keep up, and is no pause to collect garbage. */
const MAX_BEHIND = 2;
/** After so many requests in a row that are overdue, what has arrived is read. */
const MAX_ROW = 16;

/** Sends the next request as soon as one has its response, so many at the same time, until it is over. Resolves to how many were good a second. */
export async function measureCapacity(
  visitors: Visitors,
  tally: Tally,
  clients: number,
  isOver: () => boolean,
): Promise<number> {
  const begin = performance.now();
  const run = async (): Promise<void> => {
    while (!isOver()) {
      const sent = performance.now();
      tally.noteSent();
      tally.note(await visitors.visit(), performance.now() - sent);
    }
  };
  await Promise.all(Array.from({ length: clients }, run));
  return (tally.good / (performance.now() - begin)) * 1000;
}

/**
 * Sends so many requests a second at random moments, whether or not others have their response, until it is over. What a request took counts from when it was
 * due, so that a pause of the servers or of this process is not left out.
 *
 * @throws {SoakError} if the servers do not keep up.
 */
export async function keepRate(
  visitors: Visitors,
  tally: Tally,
  { rate, random }: { readonly rate: number; readonly random: Seeded },
  isOver: () => boolean,
): Promise<void> {
  const pending = new Set<Promise<void>>();
  // Each visitor waits for one response at a time.
  const maxPending = Math.min(rate * MAX_BEHIND, visitors.count / 2);
  const start = (due: number): void => {
    tally.noteSent();
    const request = visitors.visit().then((received) => {
      tally.note(received, performance.now() - due);
      pending.delete(request);
    });
    pending.add(request);
  };
  let row = 0;
  for (let due = performance.now(); !isOver(); due += pauseBefore(rate, random)) {
    const wait = due - performance.now();
    row = wait > 0 ? 0 : row + 1;
    if (wait > 0) await sleep(wait);
    else if (row % MAX_ROW === 0) await nextTurn();
    if (isOver()) break;
    if (pending.size >= maxPending) {
      throw new SoakError(`The servers do not keep up: ${pending.size} requests wait for their response.`);
    }
    start(due);
  }
  await Promise.all(pending);
}

const STEPS = 2 ** 30;

/** The time until the next of requests that come independently of each other, in milliseconds. */
function pauseBefore(rate: number, random: Seeded): number {
  return (-Math.log((random.int(STEPS) + 1) / STEPS) / rate) * 1000;
}
