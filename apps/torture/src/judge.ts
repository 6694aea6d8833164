import { join } from 'node:path';
import { check, type Verdict } from './checker/check.ts';
import { readHistory } from './history/reader.ts';
import { keepDirectory, removeDirectory, temporaryDirectory } from './process/temporary-directory.ts';
import { type TortureOptions, torture } from './run/torture.ts';

/** What a run was and what it shows. */
export interface Judged {
  readonly verdict: Verdict;
  /** The file of the history. */
  readonly path: string;
}

/**
 * Runs and judges the history. Without a directory to keep it in, the history is removed, unless it shows a violation.
 *
 * @throws if the run does not take place, or if its history is cut.
 */
export async function judge(
  options: Omit<TortureOptions, 'path'>,
  keep?: string | undefined,
): Promise<Judged> {
  const directory = keep ?? temporaryDirectory('history');
  const { store, nemesis, seed } = options;
  const path = join(directory, `${store.kind}-${nemesis.name}-${seed}.jsonl`);
  let isOfUse = false;
  try {
    await torture({ ...options, path });
    const verdict = check(readHistory(path));
    isOfUse = verdict.violations.length > 0;
    return { verdict, path };
  } finally {
    if (keep === undefined && isOfUse) keepDirectory(directory);
    else if (keep === undefined) removeDirectory(directory);
  }
}
