import type { Cluster } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { TestCluster } from '../../test/support/cluster.ts';
import { makeRecord } from '../../test/support/record.ts';
import { TestServer } from '../../test/support/server.ts';
import type { IoredisCluster } from '../clients/clients.ts';
import { redisStore } from '../redis-store.ts';

describe('clear', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start();
  });
  afterAll(() => server.stop());
  beforeEach(() => server.send('flushall'));

  it('matches each character of the prefix literally', async () => {
    const { Redis } = await import('ioredis');
    const client = new Redis(server.port, '127.0.0.1');
    const prefix = 'a*b?c[d-e]^\\{f}:';
    await redisStore(client, { prefix }).compareAndSet('mine', null, makeRecord(1));
    const others = ['aXb?c[d-e]^\\{f}:x', 'a*bXc[d-e]^\\{f}:x', 'a*b?cd^\\{f}:x', 'a*b?c[d-e]^{f}:x'];
    for (const key of others) await server.send('set', key, 'theirs');
    await redisStore(client, { prefix }).clear();
    expect(((await server.send('keys', '*')) as string[]).sort()).toEqual(others.sort());
    client.disconnect();
  });

  it('deletes across every page of a large database', async () => {
    const { createClient } = await import('redis');
    const client = await createClient({ url: server.url }).connect();
    await server.send('eval', "for i = 1, 5000 do redis.call('set', KEYS[1] .. i, '') end", 1, 'coatcheck:');
    await server.send('eval', "for i = 1, 5000 do redis.call('set', KEYS[1] .. i, '') end", 1, 'other:');
    await redisStore(client).clear();
    expect(await server.send('dbsize')).toBe(5000);
    expect(await server.send('exists', 'other:1')).toBe(1);
    client.destroy();
  });

  it('respects the key prefix that the client adds', async () => {
    const { Redis } = await import('ioredis');
    const { createClient } = await import('redis');
    const first = new Redis(server.port, '127.0.0.1', { keyPrefix: 'app[1]:' });
    const second = await createClient({ url: server.url, keyPrefix: 'app[2]:' }).connect();
    for (const client of [first, second]) {
      await redisStore(client).compareAndSet('a', null, makeRecord(1));
      expect(await redisStore(client).read('a')).toMatchObject({ version: 1 });
    }
    expect(((await server.send('keys', '*')) as string[]).sort()).toEqual([
      'app[1]:coatcheck:a',
      'app[2]:coatcheck:a',
    ]);
    await redisStore(first).clear();
    expect(await server.send('keys', '*')).toEqual(['app[2]:coatcheck:a']);
    await redisStore(second).clear();
    expect(await server.send('keys', '*')).toEqual([]);
    first.disconnect();
    second.destroy();
  });
});

describe('clear of a cluster', () => {
  let cluster: TestCluster;
  let client: Cluster;
  beforeAll(async () => {
    cluster = await TestCluster.start();
    const { Cluster } = await import('ioredis');
    client = new Cluster(cluster.ports.map((port) => ({ host: '127.0.0.1', port })));
  }, 30_000);
  afterEach(() => redisStore(client).clear());
  afterAll(async () => {
    client.disconnect();
    await cluster.stop();
  });

  /** Hides a primary from the store, like a client that does not know it yet. */
  function withoutOnePrimary(): IoredisCluster {
    return {
      status: client.status,
      options: {},
      call: (...command) => client.call(...command),
      pipeline: (commands) => client.pipeline(commands),
      nodes: (role) => client.nodes(role).slice(1),
    };
  }

  it('reaches every primary', async () => {
    const store = redisStore(client);
    const keys = Array.from({ length: 60 }, (_, at) => `key-${at}`);
    for (const key of keys) await store.compareAndSet(key, null, makeRecord(1));
    await store.clear();
    for (const key of keys) expect(await store.read(key)).toBeUndefined();
    for (const node of cluster.nodes) expect(await node.send('dbsize')).toBe(0);
  });

  it('rejects if the client does not know every primary', async () => {
    await expect(redisStore(withoutOnePrimary()).clear()).rejects.toThrow('does not know every primary');
  });
});
