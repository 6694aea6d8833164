import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import type { ChannelListener, Driver } from '../src/clients/driver.ts';
import { ChannelSubscription } from '../src/subscription.ts';

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

/** How much memory is in use, in bytes. */
function inUse(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

/** A subscription to a channel on which everything that is sent arrives. */
function setUp(pings: boolean) {
  const listeners: ChannelListener[] = [];
  const driver: Driver = {
    run: async () => [],
    runScript: async () => {},
    listen: (_channel, listener) => {
      listeners.push(listener);
      return { ready: Promise.resolve(), ping: pings ? async () => {} : undefined, close: async () => {} };
    },
  };
  const lost: unknown[] = [];
  const state = { isSilent: false };
  const subscription = new ChannelSubscription(
    driver,
    'live',
    { message: () => {}, lost: (cause) => lost.push(cause) },
    async (text) => {
      if (!state.isSilent) for (const each of listeners) each.message(text);
    },
  );
  return { listeners, lost, state, subscription };
}

it('fails the check under way once the connection is lost, and each later one', async () => {
  for (const pings of [true, false]) {
    const { listeners, lost, state, subscription } = setUp(pings);
    state.isSilent = true;
    const checking = subscription.check();
    await new Promise((resolve) => setImmediate(resolve));
    listeners[0]?.lost(new Error('reset'));
    await expect(checking).rejects.toThrow('reset');
    await expect(subscription.check()).rejects.toThrow('reset');
    expect(lost).toHaveLength(1);
  }
});

it('keeps nothing of a check, however long the subscription lasts', async () => {
  const { subscription } = setUp(true);
  const check = async (times: number): Promise<void> => {
    for (let i = 0; i < times; i += 1) await subscription.check();
  };
  await check(1_000);
  const before = inUse();
  await check(20_000);
  expect(inUse() - before).toBeLessThan(1_000_000);
});
