import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type OpenClient, SINGLE_CLIENTS } from '../../test/support/clients.ts';
import { Monitor } from '../../test/support/monitor.ts';
import { makeRecord } from '../../test/support/record.ts';
import { TestServer, until } from '../../test/support/server.ts';
import { type RedisStore, redisStore } from '../redis-store.ts';

let primary: TestServer;
let replica: TestServer;
beforeAll(async () => {
  primary = await TestServer.start({ 'repl-diskless-sync-delay': 0 });
  replica = await TestServer.start({ replicaof: `127.0.0.1 ${primary.port}` });
});
afterAll(() => Promise.all([primary.stop(), replica.stop()]));

describe.each(Object.entries(SINGLE_CLIENTS))('waiting for replicas over %s', (_kind, make) => {
  let opened: OpenClient;
  let store: RedisStore;
  beforeAll(async () => {
    opened = await make([primary.port]);
  });
  afterAll(() => opened.close());
  beforeEach(async () => {
    await until(
      'the replica follows',
      async () => (await replica.info('replication', 'master_link_status')) === 'up',
    );
    await primary.send('flushall');
    store = redisStore(opened.client, { waitForReplicas: { replicas: 1, timeout: 1000 } });
    await store.compareAndSet('a', null, makeRecord(1));
  });
  afterEach(() => replica.resume());

  it('resolves once the replica has the write', async () => {
    expect(await store.compareAndSet('a', 1, makeRecord(2))).toBe(true);
    expect(String(await replica.send('get', 'coatcheck:a'))).toMatch(/^2 /);
    expect(await store.compareAndSet('a', 2, null)).toBe(true);
    expect(await replica.send('get', 'coatcheck:a')).toBeNull();
  });

  it('sends WAIT with each write, and only one command for a read', async () => {
    const monitor = await Monitor.open(primary);
    const write = await monitor.during(() => store.compareAndSet('a', 1, makeRecord(2)));
    const read = await monitor.during(() => store.read('a'));
    await primary.send('script', 'flush');
    const first = await monitor.during(() => store.compareAndSet('a', 2, makeRecord(3)));
    monitor.close();
    // The primary itself sends REPLCONF to ask how far the replica is.
    const ofClients = (names: readonly string[]): string[] => names.filter((name) => name !== 'replconf');
    expect(ofClients(write)).toEqual(['evalsha', 'wait']);
    expect(ofClients(read)).toEqual(['getex']);
    expect(ofClients(first)).toEqual(['evalsha', 'wait', 'eval', 'wait']);
  });

  it('rejects a write that the replica does not receive in time, and reads it back only once it has', async () => {
    const hasty = redisStore(opened.client, { waitForReplicas: { replicas: 1, timeout: 50 } });
    replica.pause();
    await expect(hasty.compareAndSet('a', 1, makeRecord(2))).rejects.toThrow('0 of the 1 replicas');
    await expect(hasty.read('a')).rejects.toThrow('0 of the 1 replicas');
    // Other records are not in doubt.
    expect(await hasty.read('b')).toBeUndefined();
    replica.resume();
    await until('the record can be read', () =>
      hasty.read('a').then(
        (found) => found?.version === 2,
        () => false,
      ),
    );
    expect(String(await replica.send('get', 'coatcheck:a'))).toMatch(/^2 /);
    expect(Number(await primary.send('pttl', 'coatcheck:a'))).toBeGreaterThan(0);
  });

  it('treats a deletion the same way', async () => {
    const hasty = redisStore(opened.client, { waitForReplicas: { replicas: 1, timeout: 50 } });
    replica.pause();
    await expect(hasty.compareAndSet('a', 1, null)).rejects.toThrow('0 of the 1 replicas');
    await expect(hasty.read('a')).rejects.toThrow('0 of the 1 replicas');
    replica.resume();
    await until('the record is known to be deleted', () =>
      hasty.read('a').then(
        (found) => found === undefined,
        () => false,
      ),
    );
    expect(await replica.send('get', 'coatcheck:a')).toBeNull();
    expect(await primary.send('exists', 'coatcheck:a')).toBe(0);
  });

  it('lets reads through while replicas are missing', async () => {
    const hasty = redisStore(opened.client, { waitForReplicas: { replicas: 2, timeout: 50 } });
    const writes = Promise.allSettled(
      Array.from({ length: 8 }, (_, at) => hasty.compareAndSet(`w-${at}`, null, makeRecord(1))),
    );
    const order: string[] = [];
    const read = redisStore(opened.client)
      .read('a')
      .then(() => order.push('read'));
    await Promise.all([read, writes.then(() => order.push('written'))]);
    expect(order).toEqual(['read', 'written']);
    expect((await writes).every(({ status }) => status === 'rejected')).toBe(true);
  });
});
