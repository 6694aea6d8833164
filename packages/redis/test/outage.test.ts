import { createSessions } from '@coatcheck/core';
import { afterEach, describe, expect, it } from 'vitest';
import { redisStore } from '../src/redis-store.ts';
import { type OpenClient, SINGLE_CLIENTS } from './support/clients.ts';
import { makeRecord } from './support/record.ts';
import { TestServer, until } from './support/server.ts';
import { Visitor } from './support/visitor.ts';

const SOON = 100;

describe.each(Object.entries(SINGLE_CLIENTS))('a server that is down, over %s', (_kind, make) => {
  let server: TestServer;
  let opened: OpenClient;
  afterEach(async () => {
    opened.close();
    await server.stop();
  });

  it('rejects every call in time, and recovers by itself once the server is back', {
    timeout: 30_000,
  }, async () => {
    server = await TestServer.start();
    opened = await make([server.port]);
    const store = redisStore(opened.client, { commandTimeout: SOON });
    const sessions = createSessions<{ count: number }>({
      store: redisStore(opened.client),
      initial: () => ({ count: 0 }),
    });
    const visitor = new Visitor(sessions);
    await visitor.request((session) => session.update({ count: 1 }));
    await server.stop();

    const calls = [
      store.read('a'),
      store.compareAndSet('a', null, makeRecord(1)),
      store.compareAndSet('a', 7, makeRecord(8)),
      store.compareAndSet('a', 7, null),
      store.clear(),
    ];
    const outcomes = await Promise.allSettled(calls);
    expect(outcomes.map(({ status }) => status)).toEqual(calls.map(() => 'rejected'));
    const impatient = createSessions<{ count: number }>({ store, initial: () => ({ count: 0 }) });
    const fresh = new Visitor(impatient, visitor.cookie);
    await expect(fresh.request((session) => session.data.count)).rejects.toMatchObject({
      code: 'ERR_STORE_UNAVAILABLE',
      message: expect.stringContaining('failed to read: '),
    });
    await expect(
      new Visitor(impatient).request((session) => session.update({ count: 1 })),
    ).rejects.toMatchObject({
      code: 'ERR_STORE_UNAVAILABLE',
      message: expect.stringContaining('failed to write: '),
      cause: expect.any(Error),
    });
    // The clock is read before the first write of these sessions, and the key after it: one timeout and two tenths.
    const PATIENT = 1000;
    const patient = createSessions<{ count: number }>({
      store: redisStore(opened.client, { commandTimeout: PATIENT }),
      initial: () => ({ count: 0 }),
    });
    const start = performance.now();
    await expect(
      new Visitor(patient).request((session) => session.update({ count: 1 })),
    ).rejects.toMatchObject({ code: 'ERR_STORE_UNAVAILABLE' });
    expect(performance.now() - start).toBeLessThan(2 * PATIENT);
    // After a timed-out write, the read of its key waits for a tenth of commandTimeout.
    await expect(store.compareAndSet('c', null, makeRecord(1))).rejects.toThrow(
      `commandTimeout (${SOON} ms)`,
    );
    await expect(store.read('c')).rejects.toThrow(`commandTimeout (${SOON / 10} ms)`);
    await expect(store.read('c')).rejects.toThrow(`commandTimeout (${SOON} ms)`);

    server = await TestServer.start({ port: server.port });
    await until('calls succeed again', () =>
      store.read('a').then(
        () => true,
        () => false,
      ),
    );
    // Commands that could not be sent in time have been dropped by now, or fail by their version.
    expect(await store.compareAndSet('b', null, makeRecord(1))).toBe(true);
  });
});
