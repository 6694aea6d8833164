import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type RedisStore, redisStore } from '../src/redis-store.ts';
import { type OpenClient, SINGLE_CLIENTS } from './support/clients.ts';
import { Monitor } from './support/monitor.ts';
import { makeRecord } from './support/record.ts';
import { TestServer } from './support/server.ts';

let server: TestServer;
let monitor: Monitor;
beforeAll(async () => {
  server = await TestServer.start();
  monitor = await Monitor.open(server);
});
afterAll(async () => {
  monitor.close();
  await server.stop();
});

describe.each(Object.entries(SINGLE_CLIENTS))('commands on the wire from %s', (kind, make) => {
  let opened: OpenClient;
  let store: RedisStore;
  beforeEach(async () => {
    opened = await make([server.port]);
    store = redisStore(opened.client, { prefix: `${kind.replaceAll(' ', '-')}:` });
    // A new client introduces itself, and Redis does not know the script yet.
    await store.compareAndSet('warm', null, makeRecord(1));
    await store.compareAndSet('warm', 1, null);
    await server.send('flushall');
  });
  afterEach(() => opened.close());

  it('sends one command for each read, of a record or of none', async () => {
    await store.compareAndSet('a', null, makeRecord(1));
    expect(await monitor.during(() => store.read('a'))).toEqual(['getex']);
    expect(await monitor.during(() => store.read('b'))).toEqual(['getex']);
  });

  it('sends one command for each compareAndSet, won or lost', async () => {
    const create = (): Promise<boolean> => store.compareAndSet('a', null, makeRecord(1));
    expect(await monitor.during(create)).toEqual(['evalsha']);
    expect(await monitor.during(create)).toEqual(['evalsha']);
    expect(await monitor.during(() => store.compareAndSet('a', 1, makeRecord(2)))).toEqual(['evalsha']);
    expect(await monitor.during(() => store.compareAndSet('a', 1, makeRecord(2)))).toEqual(['evalsha']);
    expect(await monitor.during(() => store.compareAndSet('a', 2, null))).toEqual(['evalsha']);
  });

  it('sends the script in full once if Redis has forgotten it', async () => {
    await server.send('script', 'flush');
    const first = await monitor.during(async () => {
      expect(await store.compareAndSet('a', null, makeRecord(1))).toBe(true);
    });
    const second = await monitor.during(async () => {
      expect(await store.compareAndSet('a', 1, makeRecord(2))).toBe(true);
    });
    expect(first).toEqual(['evalsha', 'eval']);
    expect(second).toEqual(['evalsha']);
  });

  it('lets Redis expire the record at its deadline', async () => {
    const record = { ...makeRecord(1), expiresAt: Date.now() + 86_400_000.25 };
    await store.compareAndSet('a', null, record);
    const [key] = (await server.send('keys', '*:a')) as string[];
    // Redis 6.2 reports only the remaining time.
    const before = Date.now();
    const remaining = Number(await server.send('pttl', key ?? ''));
    const after = Date.now();
    const expiry = Math.ceil(record.expiresAt);
    expect(remaining).toBeGreaterThanOrEqual(expiry - after);
    expect(remaining).toBeLessThanOrEqual(expiry - before);
    expect(await store.read('a')).toEqual(record);
  });
});
