import { runClauses } from '@coatcheck/runtimes/store-clauses';
import type { StoreFactory } from '@coatcheck/store-contract';
import { redisStore } from '../../src/redis-store.ts';
import { type ClientMaker, type OpenClient, SINGLE_CLIENTS } from './clients.ts';

// Runs the store contract over the server at the given port, in any runtime. The prefix keeps the runtimes apart.
const DEAD_PORT = 1;
const SOON = 30;
const [, , prefix = '', port = ''] = process.argv;
const opened: OpenClient[] = [];

async function open(make: ClientMaker, at: number, isListening?: boolean): Promise<OpenClient['client']> {
  const client = await make([at], isListening);
  opened.push(client);
  return client.client;
}

async function factoryOf(kind: string): Promise<StoreFactory> {
  const make = SINGLE_CLIENTS[kind];
  if (make === undefined) throw new Error(`There is no client called ${kind}.`);
  const client = await open(make, Number(port));
  const prefixes = new WeakMap<object, string>();
  const openStore = (name: string) => {
    const store = redisStore(client, { prefix: name });
    prefixes.set(store, name);
    return store;
  };
  let count = 0;
  return {
    createStore: () => openStore(`${prefix} ${kind} ${++count}:`),
    createNeighbour: (store) => openStore(`${prefixes.get(store)}eu:`),
    createBrokenStore: async () => redisStore(await open(make, DEAD_PORT, false), { commandTimeout: SOON }),
  };
}

await runClauses(await Promise.all(['node-redis 6', 'ioredis 6'].map(factoryOf)));
for (const { close } of opened) close();
