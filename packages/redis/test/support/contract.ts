import type { SessionStore } from '@coatcheck/core';
import { testStoreContract } from '@coatcheck/store-contract';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { redisStore } from '../../src/redis-store.ts';
import { CLIENTS, type OpenClient } from './clients.ts';

/** Nobody listens at the port for TCP's own multiplexer. */
const DEAD_PORT = 1;
const SOON = 30;
/** Clients that also run the clause about several processes. It takes seconds and mainly tests the server. */
const SHARED: ReadonlySet<string> = new Set(['node-redis 6', 'ioredis 6 cluster']);

let stores = 0;

/** Registers the store contract as tests of the store with one kind of client. */
export function describeContract(kind: string, ports: () => readonly number[]): void {
  const make = CLIENTS[kind];
  if (make === undefined) throw new Error(`There is no client called ${kind}.`);
  const prefixes = new WeakMap<SessionStore, string>();
  const broken: OpenClient[] = [];
  let opened: OpenClient;

  const openStore = (prefix: string): SessionStore => {
    const store = redisStore(opened.client, { prefix });
    prefixes.set(store, prefix);
    return store;
  };
  const prefixOf = (store: SessionStore): string => prefixes.get(store) ?? '';

  describe(kind, () => {
    beforeAll(async () => {
      opened = await make(ports());
    });
    afterAll(() => {
      for (const { close } of [opened, ...broken]) close();
    });
    testStoreContract(
      { describe, it },
      {
        createStore() {
          stores += 1;
          return openStore(`store-${stores}:`);
        },
        createNeighbour: (store) => openStore(`${prefixOf(store)}eu:`),
        async createBrokenStore() {
          const client = await make([DEAD_PORT], false);
          broken.push(client);
          return redisStore(client.client, { commandTimeout: SOON });
        },
        ...(SHARED.has(kind) && {
          openElsewhere: (store: SessionStore) => ({
            module: new URL('./open-store.ts', import.meta.url),
            argument: JSON.stringify([kind, ports(), prefixOf(store)]),
            execArgv: ['--conditions=@coatcheck/source'],
          }),
        }),
      },
    );
  });
}
