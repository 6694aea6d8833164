import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A directory for the files of one test file. */
export interface TestDirectory {
  /** Returns a new path each time. */
  path(): string;
  /** The environment for programs that are started many times. Node.js caches their compiled code in the directory. */
  readonly env: NodeJS.ProcessEnv;
  remove(): void;
}

export function makeDirectory(): TestDirectory {
  const directory = mkdtempSync(join(tmpdir(), 'coatcheck-sqlite-'));
  let files = 0;
  return {
    path: () => join(directory, `${++files}.db`),
    env: { ...process.env, NODE_COMPILE_CACHE: join(directory, 'compiled') },
    remove: () => rmSync(directory, { recursive: true }),
  };
}
