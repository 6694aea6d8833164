import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { check, type Verdict } from './checker/check.ts';
import { readHistory } from './history/reader.ts';
import { type TortureOptions, torture } from './run/torture.ts';

/** What a run was and what it shows. */
export interface Judged {
  readonly verdict: Verdict;
  /** The file of the history. */
  readonly path: string;
}

/**
 * Runs and judges the history. Without a directory to keep it in, the history is removed, unless something is wrong with it.
 *
 * @throws if the run does not take place, or if its history is cut.
 */
export async function judge(
  options: Omit<TortureOptions, 'path'>,
  keep?: string | undefined,
): Promise<Judged> {
  const directory = keep ?? mkdtempSync(join(tmpdir(), 'coatcheck-history-'));
  const { store, nemesis, seed } = options;
  const path = join(directory, `${store.kind}-${nemesis.name}-${seed}.jsonl`);
  await torture({ ...options, path });
  const verdict = check(readHistory(path));
  if (keep === undefined && verdict.violations.length === 0) rmSync(dirname(path), { recursive: true });
  return { verdict, path };
}
