import type { Browser } from './browser.ts';
import { arrive, drawClient, MINUTE, stayForHours } from './visitors.ts';
import type { World } from './world.ts';

const SECOND = 1000;

/** Two jars of one device: one is copied from the other, as a WebView's may be, and both stay in use. Gives them. */
export async function useTwoJars(world: World, hours: number): Promise<readonly [Browser, Browser]> {
  const { timeline, accidents } = world;
  const client = drawClient(world);
  const first = world.browser(client, { stays: true });
  const second = world.browser(client, { stays: true });
  await arrive(world, first);
  const both = [stayForHours(world, first, hours)];
  await timeline.sleep(accidents.between(0, 60 * MINUTE));
  second.copyFrom(first);
  both.push(stayForHours(world, second, hours));
  await Promise.all(both);
  return [first, second];
}

/** A state that was saved once, and from which each run of somebody's tests starts. Gives the runs. */
export async function useSavedState(world: World, runs: number): Promise<readonly Browser[]> {
  const { timeline, accidents } = world;
  const client = drawClient(world);
  const saved = world.browser(client, { stays: true });
  await arrive(world, saved);
  const used: Browser[] = [];
  for (let left = runs; left > 0; left -= 1) {
    await timeline.sleep(accidents.between(SECOND, 20 * MINUTE));
    const run = world.browser(client, { stays: true });
    run.copyFrom(saved);
    used.push(run);
    const end = timeline.now + accidents.between(5 * SECOND, 2 * MINUTE);
    while (timeline.now < end) {
      await world.send(run, { act: accidents.chance(0.5) ? 'read' : 'update' }, world.pace(0));
      await timeline.sleep(accidents.between(0, 5 * SECOND));
    }
  }
  return used;
}
