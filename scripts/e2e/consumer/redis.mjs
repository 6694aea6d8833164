// Both clients against the Redis server whose Unix socket is given. Usage: redis.mjs path

import assert from 'node:assert/strict';
import { redisStore } from '@coatcheck/redis';
import { Redis } from 'ioredis';
import { createClient } from 'redis';

const [path] = process.argv.slice(2);

async function use(client, prefix) {
  const store = redisStore(client, { prefix });
  const record = { version: 1, expiresAt: Date.now() + 60_000, body: '{"text":"päivä"}' };
  assert.equal(await store.compareAndSet('key', null, record), true);
  assert.equal(await store.compareAndSet('key', null, record), false);
  assert.deepEqual(await store.read('key'), record);
  assert.equal(await store.compareAndSet('key', 1, null), true);
  assert.equal(await store.read('key'), undefined);
}

const nodeRedis = createClient({ socket: { path } });
await nodeRedis.connect();
await use(nodeRedis, 'node-redis:');
await nodeRedis.close();

const ioredis = new Redis(path);
await use(ioredis, 'ioredis:');
await ioredis.quit();
