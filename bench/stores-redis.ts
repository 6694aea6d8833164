import { randomBytes } from 'node:crypto';
import { type RedisStoreClient, redisStore } from '@coatcheck/redis';
import { Redis } from 'ioredis';
import { Redis as Redis5 } from 'ioredis-5';
import { createClient, createClientPool } from 'redis';
import { createClient as createClient5 } from 'redis-5';
import { TestServer, until } from '../packages/redis/test/support/server.ts';

// Compares the Redis store with the client's own commands below it, side by side in one run, and measures what WAIT costs.
// `--quick` runs it small, and its figures mean nothing.
const isQuick = process.argv.includes('--quick');
const RECORDS = 1000;
const ROUNDS = isQuick ? 1 : 15;
const CALLS = isQuick ? 500 : 20_000;
const WAITING_CALLS = isQuick ? 50 : 2000;
const CONCURRENCY = 50;
const BODY = 'x'.repeat(400);
const HOUR = 3_600_000;

/** One of the things that are compared: makes a call about one key. */
type Call = (key: string, turn: number) => Promise<unknown>;

/** A client's own commands. */
interface Raw {
  get(key: string): Promise<unknown>;
  set(key: string, value: string): Promise<unknown>;
}

interface Opened {
  readonly client: RedisStoreClient & Raw;
  close(): void;
}

const CLIENTS: Readonly<Record<string, (port: number) => Promise<Opened>>> = {
  'node-redis 6': async (port) => {
    const client = await createClient(at(port)).connect();
    return { client, close: () => client.destroy() };
  },
  'node-redis 5': async (port) => {
    const client = await createClient5(at(port)).connect();
    return { client, close: () => client.destroy() };
  },
  'ioredis 6': async (port) => {
    const client = new Redis(port, '127.0.0.1');
    return { client, close: () => client.disconnect() };
  },
  'ioredis 5': async (port) => {
    const client = new Redis5(port, '127.0.0.1');
    return { client, close: () => client.disconnect() };
  },
};
const POOL: (port: number) => Promise<Opened> = async (port) => {
  const client = createClientPool(at(port), { minimum: 10, maximum: 10 });
  await client.connect();
  return { client, close: () => client.destroy() };
};

const keys = Array.from({ length: RECORDS }, () => randomBytes(16).toString('base64url'));
const server = await TestServer.start({ 'repl-diskless-sync-delay': 0 });
for (const [name, open] of Object.entries(CLIENTS)) await compareRates(name, await open(server.port));
await measureWait();
await server.stop();

async function compareRates(name: string, { client, close }: Opened): Promise<void> {
  await server.send('flushall');
  const store = redisStore(client);
  const expiresAt = Date.now() + HOUR;
  const versions = new Map<string, number>();
  for (const key of keys) {
    await store.compareAndSet(key, null, { version: 1, expiresAt, body: BODY });
    versions.set(key, 1);
    await client.set(`raw:${key}`, `1 ${expiresAt}\n${BODY}`);
  }
  const rates = await measure(CALLS, CONCURRENCY, {
    GET: (key) => client.get(`raw:${key}`),
    read: (key) => store.read(key),
    SET: (key) => client.set(`raw:${key}`, `1 ${expiresAt}\n${BODY}`),
    compareAndSet: async (key) => {
      const version = versions.get(key) ?? 0;
      versions.set(key, version + 1);
      const won = await store.compareAndSet(key, version, { version: version + 1, expiresAt, body: BODY });
      if (!won) throw new Error('A write lost, where nobody else writes');
    },
  });
  close();
  report(`${name} read`, rates['read'], "the client's GET", rates['GET']);
  report(`${name} compareAndSet`, rates['compareAndSet'], "the client's SET", rates['SET']);
}

/** Measures writes with and without waiting for a replica, on one connection and on a pool of ten. */
async function measureWait(): Promise<void> {
  const replica = await TestServer.start({ replicaof: `127.0.0.1 ${server.port}` });
  await until(
    'the replica follows',
    async () => (await replica.info('replication', 'master_link_status')) === 'up',
  );
  for (const [name, open] of [
    ['one connection', CLIENTS['node-redis 6']],
    ['a pool of ten', POOL],
  ] as const) {
    const opened = await open?.(server.port);
    if (opened === undefined) continue;
    const stores = {
      'without WAIT': redisStore(opened.client, { prefix: 'plain:' }),
      'with WAIT': redisStore(opened.client, {
        prefix: 'wait:',
        waitForReplicas: { replicas: 1, timeout: 1000 },
      }),
    };
    for (const concurrency of [1, CONCURRENCY]) {
      const expiresAt = Date.now() + HOUR;
      const write =
        (store: ReturnType<typeof redisStore>): Call =>
        (key, turn) =>
          store.compareAndSet(`${key}-${turn}-${Math.random()}`, null, { version: 1, expiresAt, body: BODY });
      const rates = await measure(WAITING_CALLS, concurrency, {
        'with WAIT': write(stores['with WAIT']),
        'without WAIT': write(stores['without WAIT']),
      });
      report(
        `${name}, ${concurrency} at a time, writes with WAIT`,
        rates['with WAIT'],
        'without',
        rates['without WAIT'],
      );
    }
    opened.close();
  }
  await replica.stop();
}

/** Measures in rounds, each thing in each round, so that whatever else the machine does falls on all of them. */
async function measure(
  calls: number,
  concurrency: number,
  things: Readonly<Record<string, Call>>,
): Promise<Record<string, number[]>> {
  const rates = Object.fromEntries(Object.keys(things).map((name): [string, number[]] => [name, []]));
  // The first round warms up.
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const [name, call] of Object.entries(things)) {
      const rate = await rateOf(calls, concurrency, call);
      if (round > 0) rates[name]?.push(rate);
    }
  }
  return rates;
}

async function rateOf(calls: number, concurrency: number, call: Call): Promise<number> {
  let made = 0;
  const start = performance.now();
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      while (made < calls) {
        made += 1;
        await call(keys[made % RECORDS] ?? '', made);
      }
    }),
  );
  return (1000 * calls) / (performance.now() - start);
}

function report(
  what: string,
  rates: readonly number[] = [],
  than: string,
  others: readonly number[] = [],
): void {
  const ratio = (median(rates) / median(others)).toFixed(2);
  console.log(`${what}: ${ratio} of ${than} (${show(rates)} to ${show(others)} a second)`);
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** Shows the median and the spread. */
function show(values: readonly number[]): string {
  const thousands = (rate: number): string => `${(rate / 1000).toFixed(1)}k`;
  return `${thousands(median(values))} [${thousands(Math.min(...values))}–${thousands(Math.max(...values))}]`;
}

function at(port: number): { url: string } {
  return { url: `redis://127.0.0.1:${port}` };
}
