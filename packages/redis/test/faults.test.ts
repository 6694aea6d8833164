import { createSessions } from '@coatcheck/core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type RedisStore, redisStore } from '../src/redis-store.ts';
import { type OpenClient, SINGLE_CLIENTS } from './support/clients.ts';
import { makeRecord } from './support/record.ts';
import { TestServer, until } from './support/server.ts';
import { Visitor } from './support/visitor.ts';

const SOON = 100;
const TIMED_OUT = { name: 'CommandTimeoutError', code: 'ETIMEDOUT' };

describe.each(Object.entries(SINGLE_CLIENTS))('a server in trouble, over %s', (_kind, make) => {
  let server: TestServer;
  let opened: OpenClient;
  let store: RedisStore;
  beforeAll(async () => {
    server = await TestServer.startWithDebug();
    opened = await make([server.port]);
    store = redisStore(opened.client, { commandTimeout: SOON });
  });
  afterAll(async () => {
    opened.close();
    await server.stop();
  });
  beforeEach(async () => {
    await server.send('flushall');
    // The setup must succeed even on a busy machine, so it uses the default timeout.
    const patient = redisStore(opened.client);
    await patient.compareAndSet('present', null, makeRecord(1));
  });

  /** Expects every call to reject, including those that would return undefined or false. */
  async function expectFailures(expected: object | RegExp): Promise<void> {
    const calls = [
      store.read('present'),
      store.read('absent'),
      store.compareAndSet('present', 1, makeRecord(2)),
      store.compareAndSet('present', 7, makeRecord(8)),
      store.compareAndSet('present', null, makeRecord(2)),
      store.compareAndSet('absent', null, makeRecord(1)),
      store.compareAndSet('absent', 7, null),
      store.compareAndSet('present', 1, null),
      store.clear(),
    ];
    for (const outcome of await Promise.allSettled(calls)) {
      expect(outcome.status).toBe('rejected');
      if (outcome.status !== 'rejected') continue;
      if (expected instanceof RegExp) expect(String(outcome.reason)).toMatch(expected);
      else expect(outcome.reason).toMatchObject(expected);
    }
  }
  /** Waits until calls succeed again. Clients need different times to notice that the server is back. */
  function expectRecovery(): Promise<void> {
    return until('calls succeed again', () =>
      store.read('present').then(
        () => true,
        () => false,
      ),
    );
  }

  it('rejects in time while the server does not respond, and recovers once it does', async () => {
    server.pause();
    try {
      await expectFailures(TIMED_OUT);
    } finally {
      server.resume();
    }
    await expectRecovery();
  });

  it('rejects in time while the server pauses writes', async () => {
    await server.send('client', 'pause', 60_000, 'write');
    await expectFailures(TIMED_OUT);
    await server.send('client', 'unpause');
    await expectRecovery();
  });

  it('rejects reads and writes while the server lacks required replicas', async () => {
    await server.send('config', 'set', 'min-replicas-to-write', 1);
    await expect(store.read('present')).rejects.toThrow('NOREPLICAS');
    await expect(store.read('absent')).rejects.toThrow('NOREPLICAS');
    const version = (await server.info('server', 'redis_version')) ?? '';
    const writing = store.compareAndSet('absent', 7, makeRecord(8));
    // Redis before 6.2.7 does not apply this setting to scripts; the README says so.
    if (/^6\.(?:0|2\.[0-6]$)/.test(version)) expect(await writing).toBe(false);
    else await expect(writing).rejects.toThrow('NOREPLICAS');
    await server.send('config', 'set', 'min-replicas-to-write', 0);
    await expectRecovery();
  });

  it('rejects writes while memory is exhausted, but still reads and deletes', async () => {
    await server.send('config', 'set', 'maxmemory', 1);
    await expect(store.compareAndSet('absent', null, makeRecord(1))).rejects.toThrow('OOM');
    await expect(store.compareAndSet('present', 1, makeRecord(2))).rejects.toThrow('OOM');
    expect(await store.read('present')).toMatchObject({ version: 1 });
    expect(await store.compareAndSet('present', 7, null)).toBe(false);
    expect(await store.compareAndSet('present', 1, null)).toBe(true);
    await server.send('config', 'set', 'maxmemory', 0);
  });

  it('ends a session by its ID while memory is exhausted, although the record of the revocation does not fit', async () => {
    const sessions = createSessions<{ count: number }>({
      store: redisStore(opened.client),
      initial: () => ({ count: 0 }),
    });
    const visitor = new Visitor(sessions);
    const id = await visitor.request(async (session) => {
      await session.update({ count: 1 });
      return session.id ?? '';
    });
    await server.send('config', 'set', 'maxmemory', 1);
    expect(await sessions.end(id)).toBe(true);
    expect(await new Visitor(sessions, visitor.cookie).request((session) => session.ended?.reason)).toBe(
      'unknown',
    );
    await server.send('config', 'set', 'maxmemory', 0);
  });

  it('rejects on a replica, whose data may be stale', async () => {
    await server.send('replicaof', '127.0.0.1', 1);
    await expectFailures(/READONLY/);
    await server.send('replicaof', 'no', 'one');
    await expectRecovery();
  });

  it('rejects if another value is stored under a key of the store', async () => {
    await server.send('set', 'coatcheck:foreign', 'not a record');
    await server.send('rpush', 'coatcheck:list', 'not a string');
    await expect(store.read('foreign')).rejects.toThrow('did not write');
    await expect(store.read('list')).rejects.toThrow('WRONGTYPE');
    await expect(store.compareAndSet('list', 1, makeRecord(2))).rejects.toThrow('WRONGTYPE');
    expect(await store.compareAndSet('foreign', 1, makeRecord(2))).toBe(false);
  });

  it('rejects while the server loads its data', async () => {
    await server.send('config', 'set', 'loading-process-events-interval-bytes', 1024);
    await server.send('debug', 'populate', 600, 'key', 100);
    await server.send('config', 'set', 'key-load-delay', 500);
    const reloaded = server.send('debug', 'reload').catch(() => 'loaded');
    await until('the server is loading', async () => {
      const outcome = await store.read('absent').catch(String);
      return String(outcome).includes('LOADING');
    });
    await expectFailures(/LOADING/);
    await reloaded;
  });
});
