import { issue } from '@coatcheck/core/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type PostgresStore, postgresStore } from '../src/index.ts';
import { makeClient, type OpenClient } from './support/clients.ts';
import { failureOf } from './support/failure.ts';
import { TestProxy } from './support/proxy.ts';
import { countingSessions, load, makeRecord } from './support/record.ts';
import { TestServer } from './support/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await TestServer.start();
}, 60_000);
afterAll(() => server.stop());

describe.each(['pg Pool', 'postgres.js'])('a response that is lost on its way to %s', (kind) => {
  let proxy: TestProxy;
  let opened: OpenClient;
  let store: PostgresStore;
  beforeEach(async () => {
    proxy = await TestProxy.start(server.address);
    opened = await makeClient(kind, proxy.address, 1);
    store = postgresStore(opened.client, { queryTimeout: 10_000 });
    await store.ready();
    await store.clear();
  }, 60_000);
  afterEach(async () => {
    await opened.close();
    await proxy.stop();
  });

  it('rejects the write, which is done once', async () => {
    await store.compareAndSet('key', null, makeRecord(1));
    await store.compareAndSet('key', 1, makeRecord(2));
    proxy.loseNextResponse();
    expect((await failureOf(store.compareAndSet('key', 2, makeRecord(3)))).name).toBe('PostgresStoreError');
    expect(await store.read('key')).toEqual(makeRecord(3));
  }, 60_000);

  it('lets an update of a session happen once, and resolve', async () => {
    const sessions = countingSessions(store);
    const { cookie } = await issue(sessions, { data: { count: 10 } });
    const add = async () => {
      const session = await load(sessions, cookie);
      return async () =>
        await session.update((data) => {
          data.count += 1;
        });
    };
    await (await add())();
    const update = await add();
    proxy.loseNextResponse();
    await update();
    expect((await load(sessions, cookie)).data.count).toBe(12);
  }, 60_000);

  it('lets a session be destroyed, and resolve', async () => {
    const sessions = countingSessions(store);
    const { cookie, sessionId } = await issue(sessions, { data: { count: 1 } });
    const session = await load(sessions, cookie);
    await store.compareAndSet('other', 1, null);
    proxy.loseNextResponse();
    await session.destroy();
    expect(await store.read(sessionId)).toBeUndefined();
  }, 60_000);
});
