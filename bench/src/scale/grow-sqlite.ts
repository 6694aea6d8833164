import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { sqliteStore } from '@coatcheck/sqlite';
import { BODY, type GrowthPlan, type Point } from './growth.ts';
import { keyOf, Sample } from './sample.ts';

const HOUR = 3_600_000;
const BATCH = 100_000;

/** Fills a file with sessions, and measures the store at each size. */
export async function growSqlite(plan: GrowthPlan, note: (point: Point) => void): Promise<Point[]> {
  const directory = mkdtempSync(join(tmpdir(), 'coatcheck-scale-'));
  try {
    const path = join(directory, 'sessions.db');
    const store = sqliteStore(path, { synchronous: 'normal' });
    const sample = new Sample(store, plan);
    const filler = new DatabaseSync(path);
    const points: Point[] = [];
    let held = 0;
    for (const sessions of plan.sizes) {
      const living = () => Date.now() + HOUR + Math.floor(Math.random() * HOUR);
      insert(filler, held, sessions, keyOf, living);
      held = sessions;
      const bytesEach = statSync(path).size / sessions;
      const calls = await sample.measure(sessions);
      insert(filler, 0, plan.swept, randomKey, () => Date.now() - Math.floor(Math.random() * HOUR));
      const point = { sessions, bytesEach, ...calls, sweep: await sweep(store, plan.swept) };
      note(point);
      points.push(point);
    }
    filler.close();
    store.close();
    return points;
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** Inserts records from one number up to another, and copies the log into the file. */
function insert(
  database: DatabaseSync,
  from: number,
  to: number,
  nextKey: (number: number) => string,
  expiresAt: () => number,
): void {
  const statement = database.prepare(
    'INSERT INTO coatcheck_sessions (key, version, expires_at, sweep_at, body) VALUES (?, 1, ?, ?, ?)',
  );
  for (let first = from; first < to; first += BATCH) {
    database.exec('BEGIN');
    for (let number = first; number < Math.min(to, first + BATCH); number += 1) {
      const end = expiresAt();
      statement.run(nextKey(number), end, end, BODY);
    }
    database.exec('COMMIT; PRAGMA wal_checkpoint(TRUNCATE)');
  }
}

function randomKey(): string {
  return randomBytes(16).toString('base64url');
}

/** Sweeps, and says what each session took, in microseconds. */
async function sweep(
  store: { sweep(now: number, limit: number): Promise<number> },
  count: number,
): Promise<{ cpu: number; wall: number }> {
  const start = performance.now();
  const before = process.cpuUsage();
  const swept = await store.sweep(Date.now(), count);
  const { user, system } = process.cpuUsage(before);
  if (swept !== count) throw new Error(`The sweep removed ${swept} of ${count} sessions`);
  return { cpu: (user + system) / count, wall: (1000 * (performance.now() - start)) / count };
}
