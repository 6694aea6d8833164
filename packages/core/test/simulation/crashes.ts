import type { Browser } from './browser.ts';
import { arrive, MINUTE, QUICK, stayForHours, visitAndSignIn } from './visitors.ts';
import type { World } from './world.ts';

/** How a browser is killed. */
export interface Killing {
  readonly hours: number;
  readonly maxDown: number;
  /** Whether it may be killed again before the cookie that it got back is on its disk. */
  readonly isInARow?: boolean;
}

const SECOND = 1000;
/** By then the cookie of a response that has arrived is on the disk. */
const FLUSHED = 31 * SECOND;

/** A visitor with a session, whose browser is killed again and again while it asks for up to six things at a time. Nobody signs in. */
export async function stayAndCrash(world: World, browser: Browser, killing: Killing): Promise<void> {
  await arrive(world, browser);
  await world.timeline.sleep(FLUSHED);
  world.start(() => crashFor(world, browser, killing));
  await stayForHours(world, browser, killing.hours);
}

/** A visitor who signs in, finishes and signs out, and whose browser is killed again and again, from the first request on. */
export async function signInAndCrash(world: World, browser: Browser, killing: Killing): Promise<void> {
  const { timeline, accidents } = world;
  const end = timeline.now + killing.hours * 60 * MINUTE;
  world.start(() => crashFor(world, browser, killing));
  while (timeline.now < end) {
    // Signing out is tried where nothing else is under way: what runs beside it is another matter.
    await visitAndSignIn(world, browser, killing.hours / 4);
    if (browser.isDown || accidents.chance(0.3)) continue;
    await world.send(browser, { act: 'destroy' }, QUICK);
    await timeline.sleep(accidents.between(0, 5 * MINUTE));
  }
}

/** Kills a browser at any moment, most times soon after a response has brought it a token, and starts it again; its tabs then load at once. */
async function crashFor(
  world: World,
  browser: Browser,
  { hours, maxDown, isInARow }: Killing,
): Promise<void> {
  const { timeline, accidents } = world;
  const end = timeline.now + hours * 60 * MINUTE;
  while (timeline.now < end) {
    if (accidents.chance(0.7)) {
      await Promise.race([tokenOf(browser), timeline.sleep(20 * MINUTE)]);
      await timeline.sleep(accidents.between(0, 40 * SECOND));
    } else {
      await timeline.sleep(accidents.between(0, 20 * MINUTE));
    }
    browser.crash();
    const wentBack = browser.crashes.at(-1)?.lost !== undefined;
    const isShort = accidents.chance(0.5);
    await timeline.sleep(isShort ? accidents.between(500, 20 * SECOND) : accidents.between(0, maxDown));
    browser.isDown = false;
    for (let tabs = accidents.between(1, 4); tabs > 0; tabs -= 1) {
      world.start(() => world.send(browser, { act: accidents.chance(0.5) ? 'read' : 'update' }));
    }
    if (wentBack && !isInARow) {
      await Promise.race([tokenOf(browser), timeline.sleep(20 * MINUTE)]);
      await timeline.sleep(FLUSHED);
    }
  }
}

/** Resolves when a response brings a token. */
function tokenOf(browser: Browser): Promise<void> {
  return new Promise((resolve) => {
    browser.onToken = resolve;
  });
}
