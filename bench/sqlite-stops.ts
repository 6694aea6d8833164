import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type SqliteStore, sqliteStore } from '@coatcheck/sqlite';

// Measures for how long writes stop the event loop where a thread copies the log into the file, and where SQLite does so by itself, as over a connection that was
// passed. In turns, over a file each. `pnpm --filter bench sqlite-stops`; `--quick` runs it small, and its figures mean nothing.
const isQuick = process.argv.includes('--quick');
const RECORDS = isQuick ? 2000 : 200_000;
const SECONDS = isQuick ? 0.2 : 10;
const ROUNDS = isQuick ? 1 : 3;
const WRITES_A_SECOND = 2000;
const STOP = 2;
const BODY = 'x'.repeat(400);
const HOUR = 3_600_000;

const directory = mkdtempSync(join(tmpdir(), 'coatcheck-bench-'));
process.on('exit', () => rmSync(directory, { recursive: true }));

const sides = [
  { name: 'a thread', store: sqliteStore(join(directory, 'thread.db')) },
  { name: 'SQLite itself', store: sqliteStore(connect(join(directory, 'itself.db'))) },
];
const versions = await Promise.all(sides.map(({ store }) => fill(store)));
console.log(`| the log is copied by | writes | over ${STOP} ms | together | the longest |`);
console.log('| --- | --- | --- | --- | --- |');
for (let round = 0; round < ROUNDS; round += 1) {
  for (const [at, { name, store }] of sides.entries()) {
    const times = await write(store, versions[at] ?? []);
    const stops = times.filter((time) => time > STOP);
    const sum = stops.reduce((total, time) => total + time, 0);
    console.log(
      `| ${name} | ${times.length} | ${stops.length} | ${sum.toFixed(0)} ms | ${Math.max(...times).toFixed(1)} ms |`,
    );
  }
}
for (const { store } of sides) store.close();

function connect(path: string): DatabaseSync {
  const connection = new DatabaseSync(path);
  connection.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
  return connection;
}

/** Fills a store, and returns the version of each record. */
async function fill(store: SqliteStore): Promise<number[]> {
  const expiresAt = Date.now() + HOUR;
  for (let record = 0; record < RECORDS; record += 1) {
    store.compareAndSet(`record-${record}`, null, { version: 1, expiresAt, body: BODY });
    if (record % 200 === 0) await nextTurn();
  }
  return Array.from({ length: RECORDS }, () => 1);
}

/** Writes records at random, as many a second as a busy server, and returns how long each write took. */
async function write(store: SqliteStore, versions: number[]): Promise<readonly number[]> {
  const times: number[] = [];
  const begin = performance.now();
  const expiresAt = Date.now() + HOUR;
  while (performance.now() - begin < SECONDS * 1000) {
    while (times.length < ((performance.now() - begin) / 1000) * WRITES_A_SECOND) {
      const record = Math.floor(Math.random() * RECORDS);
      const version = versions[record] ?? 1;
      const start = performance.now();
      if (
        !store.compareAndSet(`record-${record}`, version, { version: version + 1, expiresAt, body: BODY })
      ) {
        throw new Error('A write lost, where nobody else writes');
      }
      times.push(performance.now() - start);
      versions[record] = version + 1;
    }
    await nextTurn();
  }
  return times;
}
