import type { SessionStore } from '@coatcheck/core';
import { testStoreContract } from '@coatcheck/store-contract';
import type { Redis } from '@upstash/redis';
import { afterAll, beforeAll, describe, it, vi } from 'vitest';
import { redisStore } from '../src/redis-store.ts';
import { RestProxy } from './support/rest-proxy.ts';
import { TestServer } from './support/server.ts';
import { upstashAt } from './support/upstash.ts';

// The clause about several processes starts four of them.
vi.setConfig({ testTimeout: 20_000 });

let server: TestServer;
let proxy: RestProxy;
beforeAll(async () => {
  server = await TestServer.start();
  proxy = await RestProxy.start(server);
});
afterAll(async () => {
  await proxy.stop();
  await server.stop();
});

/** Nobody listens at the port for TCP's own multiplexer. */
const DEAD_URL = 'http://127.0.0.1:1';

describe('over HTTP', () => {
  const prefixes = new WeakMap<SessionStore, string>();
  let client: Redis;
  let stores = 0;
  beforeAll(() => {
    client = upstashAt(proxy.url);
  });
  const open = (prefix: string): SessionStore => {
    const store = redisStore(client, { prefix });
    prefixes.set(store, prefix);
    return store;
  };
  testStoreContract(
    { describe, it },
    {
      createStore() {
        stores += 1;
        return open(`store-${stores}:`);
      },
      createNeighbour: (store) => open(`${prefixes.get(store)}eu:`),
      createBrokenStore: () => redisStore(upstashAt(DEAD_URL)),
      openElsewhere: (store) => ({
        module: new URL('./support/upstash.ts', import.meta.url),
        argument: JSON.stringify([proxy.url, prefixes.get(store)]),
        execArgv: ['--conditions=@coatcheck/source'],
      }),
    },
  );
});
