import type { SessionEventType } from '../../src/session/events.ts';
import type { Browser, BrowserOptions } from './browser.ts';
import { type Killing, signInAndCrash, stayAndCrash } from './crashes.ts';
import { useSavedState, useTwoJars } from './jars.ts';
import type { Limit } from './limits.ts';
import { drawClient, MINUTE, visitAndSignIn, visitForHours } from './visitors.ts';
import { type Outcome, World } from './world.ts';

const BROWSERS = 4;
const MORTALS = 3;
const HOURS = 4;
const HOUR = 60 * MINUTE;
/** Most worlds renew as by default; the others more often, down to the shortest that the grace allows. */
const RENEW_AFTER = ['15m', '5m', '15m', '2m', '1m'] as const;

/** What visitors do in a world. */
export type Story =
  | 'renewals'
  | 'sign-ins'
  | 'kills'
  | 'kills and sign-ins'
  | 'kills in a row'
  | 'kills and moves'
  | 'two jars'
  | 'saved state';

/** What several worlds came to. */
export interface Tally {
  readonly worlds: number;
  readonly faulty: number;
  readonly requests: number;
  readonly kills: number;
  readonly wentBack: number;
  readonly signedOut: number;
  readonly endedByReuse: number;
  readonly events: ReadonlyMap<SessionEventType, number>;
  readonly failures: ReadonlyMap<Limit, number>;
}

/** The shares of responses that are lost. Worlds that name none take them in turn. */
export const LOSSES: readonly number[] = [0, 0.2, 0.5];

/** Starts the visitors of a world. */
type Start = (world: World, killing: Killing) => void;

const STORIES: Readonly<Record<Story, Start>> = {
  renewals: (world) => startAll(world, (browser) => visitForHours(world, browser, HOURS)),
  'sign-ins': (world) => startAll(world, (browser) => visitAndSignIn(world, browser, HOURS)),
  kills: (world, killing) => startMortal(world, (browser) => stayAndCrash(world, browser, killing)),
  'kills and sign-ins': (world, killing) =>
    startMortal(world, (browser) => signInAndCrash(world, browser, killing)),
  'kills in a row': (world, killing) =>
    startMortal(world, (browser) => stayAndCrash(world, browser, { ...killing, isInARow: true })),
  'kills and moves': (world, killing) =>
    startMortal(world, (browser) => stayAndCrash(world, browser, killing), { stays: false }),
  'two jars': (world) => world.start(() => useTwoJars(world, HOURS)),
  'saved state': (world) => world.start(() => useSavedState(world, 12)),
};

/** The stories, in the order in which the long run tells them. */
export const STORY_NAMES: readonly Story[] = [
  ...(['renewals', 'sign-ins', 'kills', 'kills and sign-ins', 'kills in a row'] as const),
  ...(['kills and moves', 'two jars', 'saved state'] as const),
];

function startAll(world: World, visit: (browser: Browser) => Promise<void>): void {
  for (let i = 0; i < BROWSERS; i += 1) {
    const browser = world.browser(drawClient(world));
    world.start(() => visit(browser));
  }
}

function startMortal(
  world: World,
  visit: (browser: Browser) => Promise<void>,
  options: BrowserOptions = { stays: true },
): void {
  for (let i = 0; i < MORTALS; i += 1) {
    const browser = world.mortalBrowser(drawClient(world), options);
    world.start(() => visit(browser));
  }
}

/** Simulates one world. Its outcome names every fault with its trace. */
export function simulate(story: Story, seed: number, loss: number): Promise<Outcome> {
  const renewAfter = RENEW_AFTER[seed % RENEW_AFTER.length] ?? '15m';
  // Where a session outlives a night, a browser may be down for hours.
  const isLong = !['renewals', 'sign-ins'].includes(story) && seed % 3 === 0;
  const world = new World({ seed, loss, renewAfter, ...(isLong && { idleTimeout: '12h' }) });
  STORIES[story](world, { hours: HOURS, maxDown: isLong ? 5 * HOUR : 10 * MINUTE });
  return world.run(`LOSSY_SEED=${seed}, story of ${story}, ${loss * 100} % of responses lost`);
}

/** Simulates one world for each seed and adds them up. A fault, with its seed and trace, goes to `onFault`; without it the first is thrown. */
export async function simulateAll(
  story: Story,
  seeds: readonly number[],
  loss?: number,
  onFault: (text: string) => void = throwFault,
): Promise<Tally> {
  const sums = { worlds: 0, faulty: 0, requests: 0, kills: 0, wentBack: 0, signedOut: 0, endedByReuse: 0 };
  const events = new Map<SessionEventType, number>();
  const failures = new Map<Limit, number>();
  for (const seed of seeds) {
    const outcome = await simulate(story, seed, loss ?? LOSSES[seed % LOSSES.length] ?? 0);
    if (outcome.fault !== undefined) {
      sums.faulty += 1;
      onFault(`after ${sums.requests + outcome.requestsToFault} simulated requests: ${outcome.fault}`);
    }
    sums.worlds += 1;
    for (const key of SUMMED) sums[key] += outcome[key];
    addTo(events, outcome.events);
    addTo(failures, outcome.failures);
  }
  return { ...sums, events, failures };
}

const SUMMED = ['requests', 'kills', 'wentBack', 'signedOut', 'endedByReuse'] as const;

function throwFault(text: string): never {
  throw new Error(text);
}

/** Gives the seeds to try: those of LOSSY_SEED, or so many from 1 on. */
export function seedsFor(count: number): readonly number[] {
  const given = process.env['LOSSY_SEED'];
  return given === undefined ? Array.from({ length: count }, (_, i) => i + 1) : given.split(',').map(Number);
}

function addTo<K>(sums: Map<K, number>, counts: ReadonlyMap<K, number>): void {
  for (const [key, count] of counts) sums.set(key, (sums.get(key) ?? 0) + count);
}
