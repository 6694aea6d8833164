import { afterAll, describe } from 'vitest';
import { testBinding } from './binding.ts';
import { testCrowd } from './crowd.ts';
import { testJourney } from './journey.ts';
import { Lab, PATIENCE } from './lab.ts';
import { testManners } from './manners.ts';
import { testStrangers } from './strangers.ts';
import { testSwitches } from './switches.ts';

/** Tests everything that a shop promises, over HTTP, in separate processes. The tests are the same for each framework. */
export function testShop(name: string, main: URL): void {
  describe(`the shop on ${name}`, { timeout: PATIENCE }, () => {
    const lab = new Lab(main);
    afterAll(() => lab.clear());
    testJourney(lab);
    testCrowd(lab);
    testStrangers(lab);
    testManners(lab);
    testSwitches(lab);
    testBinding(lab);
  });
}
