import { createSessions } from '@coatcheck/core';
import { Redis } from 'ioredis';
import { createClient, createClientPool, createCluster, createSentinel } from 'redis';
import { afterAll, describe, expect, it } from 'vitest';
import { redisStore } from './redis-store.ts';

const client = new Redis({ lazyConnect: true });
afterAll(() => client.disconnect());

/** Calls redisStore with arguments that TypeScript would reject. */
function call(...args: unknown[]): unknown {
  return Reflect.apply(redisStore, undefined, args);
}

describe('an invalid argument of redisStore', () => {
  it.each([
    [{ prefix: '' }, "prefix must be a string that ends in a colon, such as 'shop:'; received ''."],
    [{ prefix: 'shop' }, "prefix must be a string that ends in a colon, such as 'shop:'; received 'shop'."],
    [{ prefix: 7 }, "prefix must be a string that ends in a colon, such as 'shop:'; received 7."],
    [{ prefix: '\uD800:' }, 'prefix must be a string that ends in a colon'],
    [
      { commandTimeout: 0 },
      'commandTimeout must be a whole number of milliseconds from 1 to 2147483647; received 0.',
    ],
    [{ commandTimeout: 1.5 }, 'received 1.5.'],
    [{ commandTimeout: '2s' }, "received '2s'."],
    [{ commandTimeout: 2 ** 31 }, 'received 2147483648.'],
    [
      { waitForReplicas: true },
      'waitForReplicas must be false or an object such as { replicas: 1, timeout: 500 }',
    ],
    [{ waitForReplicas: null }, 'received null.'],
    [
      { waitForReplicas: { replicas: 0, timeout: 100 } },
      'waitForReplicas.replicas must be a whole number from 1',
    ],
    [
      { waitForReplicas: { replicas: 1 } },
      'waitForReplicas.timeout must be a whole number of milliseconds, at least 1',
    ],
    [{ waitForReplicas: { replicas: 1, timeout: 2000 } }, 'less than commandTimeout (2000); received 2000.'],
    [{ ttl: 7 }, "must be one of prefix, commandTimeout, waitForReplicas; received 'ttl'."],
    [null, 'The second argument of redisStore must be an options object or undefined; received null.'],
  ])('throws ERR_CONFIG for the options %j', (options, message) => {
    expect(() => call(client, options)).toThrow(message);
    expect(() => call(client, options)).toThrow(expect.objectContaining({ code: 'ERR_CONFIG' }));
  });

  it.each([
    [undefined, 'undefined'],
    [null, 'null'],
    ['redis://:password@localhost', 'a string'],
    [':password@localhost', 'a string'],
    [{ url: 'redis://localhost' }, 'an object'],
    [createClient, 'a function'],
    [createClient().legacy(), 'an object'],
    [{ exec: () => {} }, 'an object'],
  ])('throws ERR_CONFIG for the client %s', (client, shown) => {
    expect(() => call(client)).toThrow(`The first argument of redisStore must be a client of node-redis`);
    expect(() => call(client)).toThrow(`received ${shown}.`);
    expect(() => call(client)).toThrow(expect.objectContaining({ code: 'ERR_CONFIG' }));
  });

  it('accepts options that are left out or undefined', () => {
    expect(() => call(client)).not.toThrow();
    expect(() => call(client, undefined)).not.toThrow();
    expect(() => call(client, { prefix: undefined, commandTimeout: undefined })).not.toThrow();
  });
});

describe('a client that is not connected', () => {
  const key = { version: 1, expiresAt: 1, body: '' };

  it.each([
    ['createClient', () => createClient()],
    ['createClientPool', () => createClientPool()],
    ['createCluster', () => createCluster({ rootNodes: [{ url: 'redis://127.0.0.1:1' }] })],
    [
      'createSentinel',
      () => createSentinel({ name: 'x', sentinelRootNodes: [{ host: '127.0.0.1', port: 1 }] }),
    ],
  ])('of %s is ERR_CONFIG at the first call, which says to connect it', async (_kind, make) => {
    const store = redisStore(make());
    const calls = [
      async () => store.read('a'),
      () => store.compareAndSet('a', null, key),
      () => store.clear(),
    ];
    for (const run of calls) {
      await expect(run()).rejects.toMatchObject({
        code: 'ERR_CONFIG',
        message: expect.stringContaining('await client.connect()'),
      });
    }
  });

  it.each([false, { replicas: 1, timeout: 100 }] as const)(
    'is ERR_CONFIG for check() and for a request too, with waitForReplicas %o',
    async (waitForReplicas) => {
      const store = redisStore(createClient(), { waitForReplicas });
      const sessions = createSessions({ store });
      await expect(sessions.check()).rejects.toMatchObject({ code: 'ERR_CONFIG' });
      const { session } = sessions.open({
        method: 'POST',
        host: 'shop.example',
        ip: '203.0.113.7',
        header: () => undefined,
        query: () => undefined,
        form: () => undefined,
      });
      await session.load();
      await expect(session.update({})).rejects.toMatchObject({ code: 'ERR_CONFIG' });
    },
  );
});
