import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RedisStore, redisStore } from '../src/redis-store.ts';
import { CLUSTER_CLIENTS, type OpenClient } from './support/clients.ts';
import { TestCluster } from './support/cluster.ts';
import { makeRecord } from './support/record.ts';
import { until } from './support/server.ts';

const KEYS = 4;
// Clients that may read from replicas send a store's commands to the same servers as the other clients.
const MAKERS = Object.entries(CLUSTER_CLIENTS).filter(([kind]) => !kind.includes('replicas'));

/** Increments the version of one key repeatedly, and records the last acknowledged version. */
class Writer {
  readonly key: string;
  acknowledged = 0;
  failures = 0;
  /** Results that were wrong instead of rejected. */
  readonly faults: string[] = [];
  readonly #store: RedisStore;

  constructor(store: RedisStore, key: string) {
    this.#store = store;
    this.key = key;
  }

  async run(isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      try {
        await this.#increment();
      } catch {
        this.failures += 1;
        // A client without a connection may reject at once. Without a pause it would never get to reconnect.
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    }
  }

  async #increment(): Promise<void> {
    const found = await this.#store.read(this.key);
    if (found === undefined && this.acknowledged > 0) this.faults.push(`${this.key} is missing`);
    const next = makeRecord((found?.version ?? 0) + 1);
    if (await this.#store.compareAndSet(this.key, found?.version ?? null, next)) {
      this.acknowledged = next.version;
    }
  }
}

describe('a cluster whose primary is killed under load', () => {
  let cluster: TestCluster;
  let opened: OpenClient[];
  beforeAll(async () => {
    cluster = await TestCluster.start();
    opened = await Promise.all(MAKERS.map(([, make]) => make(cluster.ports)));
  }, 30_000);
  afterAll(async () => {
    for (const { close } of opened) close();
    await cluster.stop();
  });

  it('rejects calls, recovers by itself after the failover, and keeps every replicated and acknowledged write', async () => {
    const stores = opened.map(({ client }) => redisStore(client, { commandTimeout: 500 }));
    const replicated = opened.map(({ client }) =>
      redisStore(client, { commandTimeout: 500, waitForReplicas: { replicas: 1, timeout: 200 } }),
    );
    const writersOf = (kind: string, all: readonly RedisStore[]): Writer[] =>
      all.flatMap((store, at) =>
        Array.from({ length: KEYS }, (_, index) => new Writer(store, `${kind}-${at}-${index}`)),
      );
    const plain = writersOf('plain', stores);
    const careful = writersOf('careful', replicated);
    const writers = [...plain, ...careful];
    let isOver = false;
    const running = writers.map((writer) => writer.run(() => isOver));
    await until('every writer has written', () => writers.every(({ acknowledged }) => acknowledged > 10));

    const victim = await cluster.primaryOf('coatcheck:plain-0-0');
    const witness = cluster.nodes.find((node) => node !== victim);
    victim.kill();
    await until('calls fail', () => writers.some(({ failures }) => failures > 0));
    await until('its replica has taken over', async () => {
      const primary = await cluster.primaryOf('coatcheck:plain-0-0', witness);
      return (
        primary !== victim && String(await witness?.send('cluster', 'info')).includes('cluster_state:ok')
      );
    });
    const before = plain.map(({ acknowledged }) => acknowledged);
    await until('every writer writes again', () =>
      plain.every(({ acknowledged }, at) => acknowledged > (before[at] ?? 0) + 1),
    );
    isOver = true;
    await Promise.all(running);

    for (const [at, { client }] of opened.entries()) {
      const store = redisStore(client);
      for (const { key, acknowledged } of careful.slice(at * KEYS, (at + 1) * KEYS)) {
        expect((await store.read(key))?.version, key).toBeGreaterThanOrEqual(acknowledged);
      }
    }
    expect(writers.flatMap(({ faults }) => faults)).toEqual([]);
  }, 60_000);
});
