import { randomBytes } from 'node:crypto';
import { type PostgresStore, postgresStore } from '@coatcheck/postgres';
import pg from 'pg';
import { TestServer } from '../packages/postgres/test/support/server.ts';

// Compares the PostgreSQL store with bare statements below it, side by side in one run, and measures what a million sessions take: bytes,
// latency, and a sweep of half of them while others are served. `--quick` runs it small, and its figures mean nothing; `--only=million` runs
// one part: rates, commits or million.
const isQuick = process.argv.includes('--quick');
const only = process.argv.find((argument) => argument.startsWith('--only='))?.slice('--only='.length);
const SESSIONS = isQuick ? 2000 : 1_000_000;
const RECORDS = 1000;
const ROUNDS = isQuick ? 1 : 7;
const CALLS = isQuick ? 200 : 2000;
const SERVED = isQuick ? 500 : 5000;
const CONCURRENCY = 10;
const SWEEP_LIMIT = 1000;
/** About what a signed-in shopper with a few things in the cart takes. */
const BODY = 'x'.repeat(400);
const HOUR = 3_600_000;

type Call = (key: string, turn: number) => Promise<unknown>;

let served = 0;

const server = await TestServer.start({ fsync: 'on', shared_buffers: '256MB', max_wal_size: '4GB' });
const pool = new pg.Pool({ ...server.address, max: CONCURRENCY });
for (const [name, part] of Object.entries({
  rates: compareRates,
  commits: compareCommits,
  million: serveMillion,
})) {
  if (only === undefined || only === name) await part();
}
await pool.end();
await server.stop();

/** Measures read and compareAndSet beside the statements that they cannot do without. */
async function compareRates(): Promise<void> {
  const store = postgresStore(pool, { table: 'rates', queryTimeout: 60_000 });
  const keys = await fill(store);
  await pool.query('CREATE TABLE bare (key bytea PRIMARY KEY, version bigint, body bytea)');
  for (const key of keys) await pool.query('INSERT INTO bare VALUES ($1, 1, $2)', [Buffer.from(key), BODY]);
  const versions = new Map(keys.map((key) => [key, 1]));
  const rates = await measure(keys, {
    SELECT: (key) =>
      pool.query({
        name: 's',
        text: 'SELECT version, body FROM bare WHERE key = $1',
        values: [Buffer.from(key)],
      }),
    read: (key) => store.read(key),
    UPDATE: (key) =>
      pool.query({
        name: 'u',
        text: 'UPDATE bare SET version = version + 1, body = $2 WHERE key = $1',
        values: [Buffer.from(key), Buffer.from(BODY)],
      }),
    compareAndSet: async (key) => {
      const version = versions.get(key) ?? 0;
      versions.set(key, version + 1);
      const next = { version: version + 1, expiresAt: Date.now() + HOUR, body: BODY };
      if (!(await store.compareAndSet(key, version, next)))
        throw new Error('A write lost, where nobody else writes');
    },
  });
  report('read', rates['read'], 'a bare SELECT', rates['SELECT']);
  report('compareAndSet', rates['compareAndSet'], 'a bare UPDATE', rates['UPDATE']);
}

/** Measures what waiting for the disk costs a write. */
async function compareCommits(): Promise<void> {
  const levels = ['on', 'off'] as const;
  const stores = levels.map((level) =>
    postgresStore(pool, { table: `commit_${level}`, synchronousCommit: level, queryTimeout: 60_000 }),
  );
  const calls: Record<string, Call> = {};
  let created = 0;
  for (const [at, level] of levels.entries()) {
    calls[level] = async () => {
      created += 1;
      await stores[at]?.compareAndSet(`new-${created}`, null, {
        version: 1,
        expiresAt: Date.now() + HOUR,
        body: BODY,
      });
    };
    await stores[at]?.ready();
  }
  const rates = await measure(['any'], calls);
  report('a new session, synchronousCommit on', rates['on'], 'off', rates['off']);
}

/** Measures latency beside a million sessions, then beside the sweep of half of them. */
async function serveMillion(): Promise<void> {
  const table = 'million';
  const store = postgresStore(pool, { table, queryTimeout: 60_000 });
  await store.ready();
  const now = Date.now();
  // Keys are random and expired and living sessions lie mixed, as they come.
  await pool.query(`
    INSERT INTO ${table} SELECT sha256(at::text::bytea), 1, moment, moment, convert_to('${BODY}', 'UTF8')
    FROM (SELECT at, CASE at % 2 WHEN 0 THEN ${now - HOUR} ELSE ${now + HOUR} END + at / 1000 AS moment
      FROM generate_series(1, ${SESSIONS}) AS at) AS made`);
  await pool.query(`VACUUM ANALYZE ${table}`);
  const { rows } = await pool.query(
    `SELECT pg_table_size('${table}') AS rows, pg_indexes_size('${table}') AS indexes`,
  );
  const bytes = (part: string): string => (Number(rows[0][part]) / SESSIONS).toFixed(0);
  tell(
    `${SESSIONS} sessions with a body of ${BODY.length} bytes: ${bytes('rows')} bytes each, and ${bytes('indexes')} for the indexes`,
  );
  const keys = await fill(store);
  const idle = await serve(store, keys, () => served >= SERVED);
  tell(`idle: ${shown(idle)}`);
  let removed = 0;
  const start = performance.now();
  const sweeping = (async () => {
    for (let gone = SWEEP_LIMIT; gone === SWEEP_LIMIT; removed += gone)
      gone = await store.sweep(now, SWEEP_LIMIT);
  })();
  let isSwept = false;
  void sweeping.finally(() => {
    isSwept = true;
  });
  const busy = await serve(store, keys, () => isSwept);
  await sweeping;
  const seconds = (performance.now() - start) / 1000;
  tell(`during a sweep of ${removed} in ${seconds.toFixed(1)} s: ${shown(busy)}`);
  tell(`99 % while sweeping: ${(busy.p99 / idle.p99).toFixed(2)} times that of idle`);
  const [stats] = await server.query<{ updates: string; hot: string }>(
    `SELECT n_tup_upd AS updates, n_tup_hot_upd AS hot FROM pg_stat_user_tables WHERE relname = '${table}'`,
  );
  tell(`updates inside their page: ${stats?.hot} of ${stats?.updates}`);
}

/** Reads and writes as requests do, five at once, until it is over. */
async function serve(
  store: PostgresStore,
  keys: readonly string[],
  isOver: () => boolean,
): Promise<{ count: number; median: number; p99: number }> {
  served = 0;
  const took: number[] = [];
  await Promise.all(
    Array.from({ length: 5 }, async (_, lane) => {
      for (let turn = lane; !isOver(); turn += 5) {
        const key = keys[turn % keys.length] ?? '';
        const start = performance.now();
        const found = await store.read(key);
        const version = (found?.version ?? 0) + 1;
        await store.compareAndSet(key, found?.version ?? null, {
          version,
          expiresAt: Date.now() + HOUR,
          body: BODY,
        });
        took.push(performance.now() - start);
        served += 1;
      }
    }),
  );
  took.sort((a, b) => a - b);
  const at = (part: number): number => took[Math.floor(took.length * part)] ?? 0;
  return { count: took.length, median: at(0.5), p99: at(0.99) };
}

function shown({ count, median, p99 }: { count: number; median: number; p99: number }): string {
  return `a read and a write, median ${median.toFixed(2)} ms, 99 % ${p99.toFixed(2)} ms, of ${count}`;
}

async function fill(store: PostgresStore): Promise<readonly string[]> {
  const keys = Array.from({ length: RECORDS }, () => randomBytes(16).toString('base64url'));
  for (const key of keys) {
    await store.compareAndSet(key, null, { version: 1, expiresAt: Date.now() + HOUR, body: BODY });
  }
  return keys;
}

/** Measures calls in turns, and returns the median of calls a second for each. */
async function measure(
  keys: readonly string[],
  calls: Readonly<Record<string, Call>>,
): Promise<Record<string, number>> {
  const rates = new Map<string, number[]>(Object.keys(calls).map((name) => [name, []]));
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const [name, call] of Object.entries(calls)) {
      const start = performance.now();
      await Promise.all(
        Array.from({ length: CONCURRENCY }, async (_, lane) => {
          for (let turn = lane; turn < CALLS; turn += CONCURRENCY)
            await call(keys[turn % keys.length] ?? '', turn);
        }),
      );
      // The first round warms up.
      if (round > 0) rates.get(name)?.push((CALLS * 1000) / (performance.now() - start));
    }
  }
  return Object.fromEntries([...rates].map(([name, values]) => [name, median(values)]));
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

function report(name: string, rate = 0, beside: string, otherRate = 0): void {
  tell(
    `${name}: ${rate.toFixed(0)} a second; ${beside}: ${otherRate.toFixed(0)}; ${(rate / otherRate).toFixed(2)} of it`,
  );
}

function tell(line: string): void {
  process.stdout.write(`${line}\n`);
}
