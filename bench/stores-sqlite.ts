import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type SqliteStore, sqliteStore } from '@coatcheck/sqlite';
import Database from 'better-sqlite3';

// Compares the SQLite store with the prepared statements below it, side by side in one run, and measures how long a sweep holds the
// event loop. `--quick` runs it small, and its figures mean nothing.
const isQuick = process.argv.includes('--quick');
const RECORDS = isQuick ? 500 : 10_000;
const ROUNDS = isQuick ? 3 : 15;
const READS_EACH = 5;
const SWEPT = isQuick ? 5000 : 1_000_000;
const SWEEP = isQuick ? 1000 : 50_000;
const BODY = 'x'.repeat(400);
const HOUR = 3_600_000;

type Connection = DatabaseSync | Database.Database;

/** What is compared: one read, and one write of `version` + 1 over `version`. */
interface Side {
  read(key: string): unknown;
  write(key: string, version: number, expiresAt: number): boolean;
}

const directory = mkdtempSync(join(tmpdir(), 'coatcheck-bench-'));
process.on('exit', () => rmSync(directory, { recursive: true }));
const keys = Array.from({ length: RECORDS }, () => randomBytes(16).toString('base64url'));

compareRates('node:sqlite', (path) => new DatabaseSync(path));
compareRates('better-sqlite3', (path) => new Database(path));
await measureSweep(join(directory, 'sweep.db'));

function compareRates(driver: string, open: (path: string) => Connection): void {
  const [ofStore, ofStatements] = ['store', 'statements'].map((name) => filled(open, `${driver}-${name}.db`));
  if (ofStore === undefined || ofStatements === undefined) throw new Error('There are two sides');
  const store = storeSide(sqliteStore(ofStore));
  const statements = statementSide(ofStatements);
  const rates = {
    read: { store: [] as number[], statements: [] as number[] },
    compareAndSet: { store: [] as number[], statements: [] as number[] },
  };
  // The first round warms up. Afterwards whatever else the machine does falls on both sides.
  for (let round = 0; round <= ROUNDS; round += 1) {
    const measured = [
      [rates.read.store, readRate(store)],
      [rates.read.statements, readRate(statements)],
      [rates.compareAndSet.store, writeRate(store, round + 1)],
      [rates.compareAndSet.statements, writeRate(statements, round + 1)],
    ] as const;
    if (round > 0) for (const [into, rate] of measured) into.push(rate);
  }
  for (const [call, { store, statements }] of Object.entries(rates)) {
    const ratio = (median(store) / median(statements)).toFixed(2);
    console.log(
      `${driver} ${call}: ${ratio} of the prepared statement's rate (${show(store)} to ${show(statements)} a second)`,
    );
  }
}

/** Opens a database as the store sets one up, with a record under each key. */
function filled(open: (path: string) => Connection, name: string): Connection {
  const connection = open(join(directory, name));
  const store = sqliteStore(connection, { synchronous: 'normal' });
  for (const key of keys)
    store.compareAndSet(key, null, { version: 1, expiresAt: Date.now() + HOUR, body: BODY });
  return connection;
}

function storeSide(store: SqliteStore): Side {
  return {
    read: (key) => store.read(key),
    write: (key, version, expiresAt) =>
      store.compareAndSet(key, version, { version: version + 1, expiresAt, body: BODY }),
  };
}

function statementSide(connection: Connection): Side {
  const read = connection.prepare('SELECT version, expires_at, body FROM coatcheck_sessions WHERE key = ?');
  const write = connection.prepare(
    'UPDATE coatcheck_sessions SET version = ?, expires_at = ?, body = ? WHERE key = ? AND version = ?',
  );
  return {
    read: (key) => read.get(key),
    write: (key, version, expiresAt) => write.run(version + 1, expiresAt, BODY, key, version).changes === 1,
  };
}

function readRate(side: Side): number {
  const start = performance.now();
  for (let time = 0; time < READS_EACH; time += 1) {
    for (const key of keys) if (side.read(key) === undefined) throw new Error('A record is missing');
  }
  return (1000 * READS_EACH * RECORDS) / (performance.now() - start);
}

function writeRate(side: Side, version: number): number {
  const start = performance.now();
  const expiresAt = Date.now() + HOUR;
  for (const [at, key] of keys.entries()) {
    if (!side.write(key, version, expiresAt + at)) throw new Error('A write lost, where nobody else writes');
  }
  return (1000 * RECORDS) / (performance.now() - start);
}

/** Sweeps a part of many records, and watches for how long the event loop stands still: beside doing nothing, and beside one big statement. */
async function measureSweep(path: string): Promise<void> {
  const store = sqliteStore(path);
  fill(path);
  const idle = await watch(() => new Promise((resolve) => setTimeout(resolve, 2000)));
  const sweep = await watch(() => store.sweep(Date.now(), SWEEP));
  store.close();
  const database = new DatabaseSync(path);
  const one = await watch(async () => {
    database.exec(
      `DELETE FROM coatcheck_sessions WHERE rowid IN (SELECT rowid FROM coatcheck_sessions ORDER BY sweep_at LIMIT ${SWEEP})`,
    );
  });
  database.close();
  console.log(`the event loop stood still for, at the longest (median, 99 %):
  doing nothing: ${idle.still}
  sweeping ${SWEEP} of ${SWEPT} records in ${sweep.took} s: ${sweep.still}
  one statement for as many, in ${one.took} s: ${one.still}`);
}

/** Runs work, and measures every stretch for which nothing else could run. */
async function watch(work: () => Promise<unknown>): Promise<{ still: string; took: string }> {
  const gaps: number[] = [];
  let last = performance.now();
  let isWorking = true;
  const look = (): void => {
    const now = performance.now();
    gaps.push(now - last);
    last = now;
    if (isWorking) setImmediate(look);
  };
  const start = performance.now();
  setImmediate(look);
  await work();
  isWorking = false;
  await new Promise<void>((resolve) => {
    setImmediate(resolve);
  });
  const took = ((performance.now() - start) / 1000).toFixed(1);
  gaps.sort((a, b) => a - b);
  const [p50, p99, longest] = [0.5, 0.99, 1].map((part) => at(gaps, part).toFixed(2));
  return { still: `${longest} ms (${p50}, ${p99})`, took };
}

/** Fills the table in one transaction, with records that expired in random order. */
function fill(path: string): void {
  const database = new DatabaseSync(path);
  const insert = database.prepare(
    'INSERT INTO coatcheck_sessions (key, version, expires_at, sweep_at, body) VALUES (?, 1, ?, ?, ?)',
  );
  database.exec('BEGIN');
  for (let record = 0; record < SWEPT; record += 1) {
    const expiredAt = Date.now() - Math.floor(Math.random() * HOUR);
    insert.run(randomBytes(16).toString('base64url'), expiredAt, expiredAt, BODY);
  }
  database.exec('COMMIT');
  database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  database.close();
}

function median(values: readonly number[]): number {
  return at(
    [...values].sort((a, b) => a - b),
    0.5,
  );
}

function at(sorted: readonly number[], part: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? Number.NaN;
}

/** Shows the median and the spread. */
function show(values: readonly number[]): string {
  const sorted = [...values].sort((a, b) => a - b);
  const thousands = (rate: number): string => `${(rate / 1000).toFixed(1)}k`;
  return `${thousands(median(sorted))} [${thousands(at(sorted, 0))}–${thousands(at(sorted, 1))}]`;
}
