import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import type { Driver } from '../clients/driver.ts';
import type { ChannelListener } from '../clients/listener.ts';
import { Channel } from './subscription.ts';

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

/** A channel on which everything that is sent arrives. */
function setUp() {
  const listeners: ChannelListener[] = [];
  const replies: WeakRef<object>[] = [];
  const driver: Driver = {
    missingPrefix: '',
    addedPrefix: '',
    isCluster: false,
    send: async (_key, [, , message = '']) => {
      for (const each of listeners) each.message(message);
    },
    read: async () => null,
    sendTogether: async () => [],
    primaries: async () => [],
    listeners: async () => [
      (_kind, _channel, listener) => {
        listeners.push(listener);
        const ping = async (): Promise<unknown> => {
          const reply = {};
          replies.push(new WeakRef(reply));
          return reply;
        };
        return { ready: Promise.resolve(), ping, close: () => {} };
      },
    ],
  };
  const lost: unknown[] = [];
  const subscription = new Channel(driver, 'live').subscribe({
    message: () => {},
    lost: (cause) => lost.push(cause),
  });
  return { listeners, lost, replies, subscription };
}

it('keeps nothing of a check, however long the subscription lasts', async () => {
  const { replies, subscription } = setUp();
  for (let i = 0; i <= 100; i += 1) await subscription.check();
  await new Promise((resolve) => setImmediate(resolve));
  collectGarbage();
  expect(replies).toHaveLength(100);
  expect(replies.filter((each) => each.deref() !== undefined).length).toBeLessThan(5);
});

it('fails each check once the connection is lost', async () => {
  const { listeners, lost, subscription } = setUp();
  await subscription.check();
  listeners[0]?.lost(new Error('reset'));
  await expect(subscription.check()).rejects.toThrow('reset');
  expect(lost).toHaveLength(1);
});
