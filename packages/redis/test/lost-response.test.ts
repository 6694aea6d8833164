import { createSessions } from '@coatcheck/core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type RedisStore, redisStore } from '../src/redis-store.ts';
import { type OpenClient, SINGLE_CLIENTS } from './support/clients.ts';
import { LossyProxy } from './support/lossy-proxy.ts';
import { Monitor } from './support/monitor.ts';
import { makeRecord } from './support/record.ts';
import { TestServer } from './support/server.ts';
import { Visitor } from './support/visitor.ts';

interface Counted {
  count: number;
}

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

describe.each(Object.entries(SINGLE_CLIENTS))('a reply that is lost on its way to %s', (kind, make) => {
  let proxy: LossyProxy;
  let opened: OpenClient;
  let store: RedisStore;
  beforeEach(async () => {
    await server.send('flushall');
    proxy = await LossyProxy.start(server.port);
    opened = await make([proxy.port]);
    store = redisStore(opened.client);
    await store.compareAndSet('a', null, makeRecord(1));
  });
  afterEach(async () => {
    opened.close();
    await proxy.stop();
  });

  it('does not apply a write twice, whether or not the client retries it', async () => {
    const sent = await monitor.during(async () => {
      proxy.dropReplyTo('evalsha');
      const outcome = await store.compareAndSet('a', 1, makeRecord(2)).catch(() => 'rejected');
      // A retry finds the write's own version instead of the expected one.
      expect(outcome).toBe(kind.startsWith('ioredis') ? false : 'rejected');
    });
    expect(sent).toEqual(kind.startsWith('ioredis') ? ['evalsha', 'evalsha'] : ['evalsha']);
    expect(await store.read('a')).toMatchObject({ version: 2 });
  });

  it('applies an update of a session once, and resolves', async () => {
    const sessions = createSessions<Counted>({ store, initial: () => ({ count: 0 }) });
    const visitor = new Visitor(sessions);
    await visitor.request((session) => session.update({ count: 10 }));
    await visitor.request((session) => {
      proxy.dropReplyTo('evalsha');
      return session.update((data) => {
        data.count += 1;
      });
    });
    expect(await visitor.request((session) => session.data.count)).toBe(11);
  });

  it('destroys a session, and resolves', async () => {
    const sessions = createSessions<Counted>({ store, initial: () => ({ count: 0 }) });
    const visitor = new Visitor(sessions);
    const id = await visitor.request(async (session) => {
      await session.update({ count: 1 });
      return session.id;
    });
    await visitor.request((session) => {
      proxy.dropReplyTo('evalsha');
      return session.destroy();
    });
    expect(await store.read(id ?? '')).toBeUndefined();
  });
});
