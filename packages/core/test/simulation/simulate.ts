import type { SessionEventType } from '../../src/session/events.ts';
import type { Limit } from './failures.ts';
import { drawClient, visitAndSignIn, visitForHours } from './visitors.ts';
import { type Outcome, World } from './world.ts';

const BROWSERS = 4;
const HOURS = 4;
/** Most worlds renew as by default; the others more often, down to the shortest that the grace allows. */
const RENEW_AFTER = ['15m', '5m', '15m', '2m', '1m'] as const;

/** What visitors do in a world. */
export type Story = 'renewals' | 'sign-ins';

/** What several worlds came to. */
export interface Tally {
  readonly requests: number;
  readonly events: ReadonlyMap<SessionEventType, number>;
  readonly failures: ReadonlyMap<Limit, number>;
}

/** Simulates one world. Its outcome names every fault with its trace. */
export function simulate(story: Story, seed: number, loss: number): Promise<Outcome> {
  const world = new World({ seed, loss, renewAfter: RENEW_AFTER[seed % RENEW_AFTER.length] ?? '15m' });
  const visit = story === 'renewals' ? visitForHours : visitAndSignIn;
  for (let i = 0; i < BROWSERS; i += 1) {
    const browser = world.browser(drawClient(world));
    world.start(() => visit(world, browser, HOURS));
  }
  return world.run(`LOSSY_SEED=${seed}, story of ${story}, ${loss * 100} % of responses lost`);
}

/** Simulates one world for each seed and adds them up. Throws at the first fault, with its seed and trace. */
export async function simulateAll(story: Story, seeds: readonly number[], loss: number): Promise<Tally> {
  let requests = 0;
  const events = new Map<SessionEventType, number>();
  const failures = new Map<Limit, number>();
  for (const seed of seeds) {
    const outcome = await simulate(story, seed, loss);
    if (outcome.fault !== undefined)
      throw new Error(`after ${requests + outcome.requestsToFault} simulated requests: ${outcome.fault}`);
    requests += outcome.requests;
    addTo(events, outcome.events);
    addTo(failures, outcome.failures);
  }
  return { requests, events, failures };
}

/** Gives the seeds to try: those of LOSSY_SEED, or so many from 1 on. */
export function seedsFor(count: number): readonly number[] {
  const given = process.env['LOSSY_SEED'];
  return given === undefined ? Array.from({ length: count }, (_, i) => i + 1) : given.split(',').map(Number);
}

function addTo<K>(sums: Map<K, number>, counts: ReadonlyMap<K, number>): void {
  for (const [key, count] of counts) sums.set(key, (sums.get(key) ?? 0) + count);
}
