import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startStore } from '../stores/start-store.ts';
import type { SoakOptions } from './options.ts';
import { plotOf } from './plot.ts';
import { readSoak } from './record.ts';
import { soak } from './soak.ts';
import { type Judged, soakTableOf } from './table.ts';
import { judgeSoak } from './verdict.ts';

/** The times of a soak beside its load, in seconds. In the first minute the code of the servers is compiled, and the store writes its files for the first time. */
const TIMES = { warmUp: 60, measuring: 20, window: 15 };

/** Runs a soak, writes its results and its plot, and prints them. Resolves to whether it broke no promise. */
export async function runSoak(
  { store: kind, minutes, out, ...how }: SoakOptions,
  signal: AbortSignal,
): Promise<boolean> {
  mkdirSync(out, { recursive: true });
  const path = join(out, `soak-${kind}.jsonl`);
  const store = await startStore(kind, how.servers);
  try {
    const onProgress = (what: string): void => console.log(`soak on ${kind}: ${what}`);
    await soak({ ...how, ...TIMES, store, lasts: minutes * 60, path, signal, onProgress });
  } finally {
    await store.stop();
  }
  const judged = judgeFile(path);
  writeFileSync(path.replace(/jsonl$/, 'svg'), plotOf(judged.record));
  console.log(`\n${soakTableOf([judged])}\n`);
  for (const fault of judged.verdict.faults) console.log(fault);
  return judged.verdict.faults.length === 0;
}

/** Prints results of soaks as one table. Returns whether they broke no promise. */
export function printSoaks(paths: readonly string[]): boolean {
  if (paths.length === 0) throw new Error('pnpm torture soak-table needs the files of results.');
  const soaks = paths.map(judgeFile);
  console.log(soakTableOf(soaks));
  return soaks.every(({ verdict }) => verdict.faults.length === 0);
}

function judgeFile(path: string): Judged {
  const record = readSoak(path);
  return { record, verdict: judgeSoak(record) };
}
