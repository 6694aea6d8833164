import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';

// Compares a table with row IDs, which the store has, with one without: reads and replacements of random records.
const isQuick = process.argv.includes('--quick');
const RECORDS = isQuick ? 500 : 10_000;
const ROUNDS = isQuick ? 3 : 9;
const HOUR = 3_600_000;

interface Table {
  readonly read: StatementSync;
  readonly write: StatementSync;
}

const directory = mkdtempSync(join(tmpdir(), 'coatcheck-bench-'));
process.on('exit', () => rmSync(directory, { recursive: true }));
const keys = Array.from({ length: RECORDS }, () => randomBytes(16).toString('base64url'));

for (const size of [200, 400, 1000, 4000]) compare('x'.repeat(size));

function compare(body: string): void {
  const withIds = filled(`with-${body.length}.db`, '', body);
  const without = filled(`without-${body.length}.db`, ', WITHOUT ROWID', body);
  const reads: number[] = [];
  const writes: number[] = [];
  for (let round = 1; round <= ROUNDS; round += 1) {
    reads.push(readTime(without) / readTime(withIds));
    writes.push(writeTime(without, round, body) / writeTime(withIds, round, body));
  }
  console.log(
    `bodies of ${body.length} bytes: WITHOUT ROWID takes ${median(reads)} of the time to read and ${median(writes)} to replace`,
  );
}

function filled(name: string, kind: string, body: string): Table {
  const database = new DatabaseSync(join(directory, name));
  database.exec(`
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = NORMAL;
    CREATE TABLE records (
      key TEXT NOT NULL PRIMARY KEY, version INTEGER NOT NULL, expires_at INTEGER NOT NULL, body TEXT NOT NULL
    ) STRICT${kind};
    CREATE INDEX expires_at ON records (expires_at);
    BEGIN`);
  const insert = database.prepare('INSERT INTO records (key, version, expires_at, body) VALUES (?, 1, ?, ?)');
  for (const key of keys) insert.run(key, Date.now() + Math.floor(Math.random() * HOUR), body);
  database.exec('COMMIT');
  return {
    read: database.prepare('SELECT version, expires_at, body FROM records WHERE key = ?'),
    write: database.prepare(
      'UPDATE records SET version = ?, expires_at = ?, body = ? WHERE key = ? AND version = ?',
    ),
  };
}

function readTime({ read }: Table): number {
  const start = performance.now();
  for (const key of keys) if (read.get(key) === undefined) throw new Error('A record is missing');
  return performance.now() - start;
}

function writeTime({ write }: Table, version: number, body: string): number {
  const start = performance.now();
  const expiresAt = Date.now() + HOUR;
  for (const [at, key] of keys.entries()) {
    if (write.run(version + 1, expiresAt + at, body, key, version).changes !== 1)
      throw new Error('A write lost');
  }
  return performance.now() - start;
}

function median(values: readonly number[]): string {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[Math.floor(sorted.length / 2)] ?? Number.NaN).toFixed(2);
}
