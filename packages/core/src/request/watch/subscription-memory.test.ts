import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { manualTimers } from '../../../test/support/manual-timers.ts';
import { KeptSubscription } from './subscription.ts';

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

/** How much memory is in use, in bytes. */
function inUse(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

it('keeps nothing of a check, however long the subscription lasts', async () => {
  const timers = manualTimers();
  let checks = 0;
  const kept = new KeptSubscription({
    port: {
      subscribe: () => ({
        check: async () => {
          checks += 1;
        },
        close: () => {},
      }),
      subscriptionLost: (cause) => {
        throw cause;
      },
    },
    wait: timers.wait,
    onMessage: () => {},
    onConnected: () => {},
    onLost: () => {},
  });
  await timers.advance(1_000_000);
  const before = inUse();
  await timers.advance(10_000_000);
  expect(checks).toBeGreaterThan(5_000);
  expect(inUse() - before).toBeLessThan(1_000_000);
  kept.close();
});
