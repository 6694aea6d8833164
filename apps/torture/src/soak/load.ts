import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import type { Seeded } from '../../../../packages/core/test/fuzz/seeded.ts';
import { SoakError } from './record.ts';
import type { Tally } from './tally.ts';
import type { Visitors } from './visitors.ts';

/** What is sent in so many seconds may wait for its response at a time: more shows that the servers do not keep up, and is no pause to collect garbage. */
const MAX_BEHIND = 2;
/** After so many requests in a row that are overdue, what has arrived is read. */
const MAX_ROW = 16;

/** At the capacity, 99 of 100 requests have their response within so many milliseconds. */
const MAX_P99 = 25;

/** What keeps a rate. */
interface Pace {
  readonly rate: number;
  readonly random: Seeded;
}

/**
 * Measures the capacity: the highest rate, in steps of a tenth of `fastest`, that the servers keep up with for so many seconds while requests arrive at random moments.
 * It is lower than `fastest`, the rate of clients that wait for their responses: those give a server that stops for a moment the time to catch up.
 *
 * @throws {SoakError} if they keep up with none.
 */
export async function measureCapacity(
  visitors: Visitors,
  tally: Tally,
  {
    fastest,
    random,
    seconds,
  }: { readonly fastest: number; readonly random: Seeded; readonly seconds: number },
  isOver: () => boolean,
): Promise<number> {
  for (let tenths = 10; tenths > 0 && !isOver(); tenths -= 1) {
    const rate = (fastest * tenths) / 10;
    const end = performance.now() + seconds * 1000;
    const keepsUp = await keepRate(
      visitors,
      tally,
      { rate, random },
      () => isOver() || performance.now() >= end,
    ).then(
      () => true,
      (error: unknown) => {
        if (error instanceof SoakError) return false;
        throw error;
      },
    );
    const { p99 } = tally.take(0);
    if (keepsUp && p99 <= MAX_P99) return rate;
  }
  throw new SoakError('The servers keep up with no rate, so that there is no capacity to measure.');
}

/** So many visitors more than fill the caches of a server, whose entries are sessions that were read twice as they are. */
const VISITORS_TO_FILL = 40_000;
const READS_TO_FILL = 3;

/** Fills the caches of the servers, which takes visitors at random longer than a soak lasts. The heap would grow until then. */
export async function fillCaches(visitors: Visitors, clients: number, isOver: () => boolean): Promise<void> {
  const count = Math.min(visitors.count, VISITORS_TO_FILL);
  let next = 0;
  const run = async (): Promise<void> => {
    while (next < count && !isOver()) {
      next += 1;
      await visitors.readEverywhere(next - 1, READS_TO_FILL);
    }
  };
  await Promise.all(Array.from({ length: clients }, run));
}

/** Sends the next request as soon as one has its response, so many at the same time, until it is over. Resolves to how many were good a second. */
export async function measureFastest(
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
  { rate, random }: Pace,
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
  let behind = 0;
  for (let due = performance.now(); !isOver(); due += pauseBefore(rate, random)) {
    const wait = due - performance.now();
    row = wait > 0 ? 0 : row + 1;
    if (wait > 0) await sleep(wait);
    else if (row % MAX_ROW === 0) await nextTurn();
    if (isOver()) break;
    if (pending.size >= maxPending) {
      behind = pending.size;
      break;
    }
    start(due);
  }
  await Promise.all(pending);
  if (behind > 0)
    throw new SoakError(`The servers do not keep up: ${behind} requests wait for their response.`);
}

const STEPS = 2 ** 30;

/** The time until the next of requests that come independently of each other, in milliseconds. */
function pauseBefore(rate: number, random: Seeded): number {
  return (-Math.log((random.int(STEPS) + 1) / STEPS) / rate) * 1000;
}
