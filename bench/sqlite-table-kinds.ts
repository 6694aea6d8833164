import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';

// Compares the store's table with one without row IDs, and with one whose index is on the deadline itself, which each replacement moves: reads and
// replacements of random records.
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
  const own = filled(`own-${body.length}.db`, body, { kind: '', indexed: 'sweep_at' });
  const others = {
    'WITHOUT ROWID': filled(`without-${body.length}.db`, body, {
      kind: ', WITHOUT ROWID',
      indexed: 'sweep_at',
    }),
    'an index on expires_at': filled(`deadline-${body.length}.db`, body, { kind: '', indexed: 'expires_at' }),
  };
  for (const [name, other] of Object.entries(others)) {
    const reads: number[] = [];
    const writes: number[] = [];
    for (let round = 1; round <= ROUNDS; round += 1) {
      reads.push(readTime(other) / readTime(own));
      writes.push(writeTime(other, body) / writeTime(own, body));
    }
    console.log(
      `bodies of ${body.length} bytes: ${name} takes ${median(reads)} of the time to read and ${median(writes)} to replace`,
    );
  }
}

function filled(name: string, body: string, { kind, indexed }: { kind: string; indexed: string }): Table {
  const database = new DatabaseSync(join(directory, name));
  database.exec(`
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = NORMAL;
    CREATE TABLE records (
      key TEXT NOT NULL PRIMARY KEY, version INTEGER NOT NULL, expires_at INTEGER NOT NULL, sweep_at INTEGER NOT NULL, body TEXT NOT NULL
    ) STRICT${kind};
    CREATE INDEX due ON records (${indexed});
    BEGIN`);
  const insert = database.prepare(
    'INSERT INTO records (key, version, expires_at, sweep_at, body) VALUES (?, 1, ?, ?, ?)',
  );
  for (const key of keys) {
    const expiresAt = Date.now() + Math.floor(Math.random() * HOUR);
    insert.run(key, expiresAt, expiresAt, body);
  }
  database.exec('COMMIT');
  return {
    read: database.prepare('SELECT version, expires_at, body FROM records WHERE key = ?'),
    write: database.prepare(
      'UPDATE records SET version = version + 1, expires_at = ?, body = ? WHERE key = ? AND version > 0',
    ),
  };
}

function readTime({ read }: Table): number {
  const start = performance.now();
  for (const key of keys) if (read.get(key) === undefined) throw new Error('A record is missing');
  return performance.now() - start;
}

function writeTime({ write }: Table, body: string): number {
  const start = performance.now();
  const expiresAt = Date.now() + HOUR;
  for (const [at, key] of keys.entries()) {
    if (write.run(expiresAt + at, body, key).changes !== 1) throw new Error('A write lost');
  }
  return performance.now() - start;
}

function median(values: readonly number[]): string {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[Math.floor(sorted.length / 2)] ?? Number.NaN).toFixed(2);
}
