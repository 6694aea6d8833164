import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Command } from 'ioredis';
import { expect, it } from 'vitest';
import type { Driver } from '../clients/driver.ts';
import type { ChannelListener } from '../clients/listener.ts';
import { Channel } from './subscription.ts';

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

/** A channel on which everything that is sent arrives. */
function setUp(client: Partial<Driver> = {}) {
  const listeners: ChannelListener[] = [];
  const channels: string[] = [];
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
      (_kind, channel, listener) => {
        listeners.push(listener);
        channels.push(channel);
        const ping = async (): Promise<unknown> => {
          const reply = {};
          replies.push(new WeakRef(reply));
          return reply;
        };
        return { ready: Promise.resolve(), ping, close: () => {} };
      },
    ],
    ...client,
  };
  const lost: unknown[] = [];
  const channel = new Channel(driver, `${driver.addedPrefix}live`);
  const subscription = channel.subscribe({ message: () => {}, lost: (cause) => lost.push(cause) });
  return { channel, channels, listeners, lost, replies, subscription };
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

it.each([
  ['a cluster', true],
  ['one server', false],
])(
  'publishes to the channel that it listens to, with a keyPrefix of ioredis and %s',
  async (_, isCluster) => {
    const published: unknown[] = [];
    const { channel, channels } = setUp({
      isCluster,
      addedPrefix: 'app:',
      send: async (_key, [name = '', ...args]) => {
        published.push(new Command(name, [...args], { keyPrefix: 'app:' }).args[0]);
      },
    });
    await channel.publish('message');
    expect(published).toEqual(channels);
    expect(channels).toEqual(['app:live']);
  },
);
