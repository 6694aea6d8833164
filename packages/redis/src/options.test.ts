import { Redis } from 'ioredis';
import { createClient } from 'redis';
import { afterAll, describe, expect, it } from 'vitest';
import { redisStore } from './redis-store.ts';

const client = new Redis({ lazyConnect: true });
afterAll(() => client.disconnect());

/** Calls redisStore as JavaScript can. */
function call(...args: unknown[]): unknown {
  return Reflect.apply(redisStore, undefined, args);
}

describe('a mistake in the arguments of redisStore', () => {
  it.each([
    [{ prefix: '' }, "prefix must be text that ends in a colon, such as 'shop:'; received ''."],
    [{ prefix: 'shop' }, "prefix must be text that ends in a colon, such as 'shop:'; received 'shop'."],
    [{ prefix: 7 }, "prefix must be text that ends in a colon, such as 'shop:'; received 7."],
    [{ prefix: '\uD800:' }, 'prefix must be text that ends in a colon'],
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
      'waitForReplicas.timeout must be a whole number of milliseconds from 1',
    ],
    [{ waitForReplicas: { replicas: 1, timeout: 2000 } }, 'less than commandTimeout (2000); received 2000.'],
    [{ ttl: 7 }, "must be one of prefix, commandTimeout, waitForReplicas; received 'ttl'."],
    [null, 'The second argument of redisStore must be an object of options, or nothing; received null.'],
  ])('throws ERR_CONFIG for the options %j', (options, message) => {
    expect(() => call(client, options)).toThrow(message);
    expect(() => call(client, options)).toThrow(expect.objectContaining({ code: 'ERR_CONFIG' }));
  });

  it.each([
    [undefined, 'undefined'],
    [null, 'null'],
    ['redis://localhost', "'redis://localhost'"],
    [{ url: 'redis://localhost' }, 'an object'],
    [createClient, 'a function'],
    [createClient().legacy(), 'an object'],
  ])('throws ERR_CONFIG for the client %s', (given, shown) => {
    expect(() => call(given)).toThrow(`The first argument of redisStore must be a client of node-redis`);
    expect(() => call(given)).toThrow(`received ${shown}.`);
    expect(() => call(given)).toThrow(expect.objectContaining({ code: 'ERR_CONFIG' }));
  });

  it('takes options that are left out or undefined', () => {
    expect(() => call(client)).not.toThrow();
    expect(() => call(client, undefined)).not.toThrow();
    expect(() => call(client, { prefix: undefined, commandTimeout: undefined })).not.toThrow();
  });
});
