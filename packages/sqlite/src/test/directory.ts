import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A directory for the files of one test file. */
export interface TestDirectory {
  /** Gives a path that was not given before. */
  path(): string;
  remove(): void;
}

export function makeDirectory(): TestDirectory {
  const directory = mkdtempSync(join(tmpdir(), 'coatcheck-sqlite-'));
  let files = 0;
  return {
    path: () => join(directory, `${++files}.db`),
    remove: () => rmSync(directory, { recursive: true }),
  };
}
