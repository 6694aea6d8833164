import { closeSync, openSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { configError } from '../errors.ts';

const OWNER_ONLY = 0o600;
const IN_MEMORY = ':memory:';

/**
 * Opens the database at `path` with `node:sqlite`, or one in memory for `:memory:`.
 *
 * A file that is not there is created for its owner alone; SQLite gives the files beside it the same mode. `ERR_CONFIG` where it cannot be.
 */
export function openFile(path: string): DatabaseSync {
  // Imported only here: in Node.js 22 the import prints a warning, which those who hand over a connection should not see.
  const { DatabaseSync } = process.getBuiltinModule('node:sqlite');
  if (path === IN_MEMORY) return new DatabaseSync(IN_MEMORY);
  if (path === '' || path.startsWith('file:')) {
    throw configError('database', path, "the path of a file, ':memory:' or a connection");
  }
  const file = resolve(path);
  create(file);
  return new DatabaseSync(file);
}

function create(file: string): void {
  try {
    closeSync(openSync(file, 'wx', OWNER_ONLY));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EEXIST' && statSync(file).isFile()) return;
    const expected =
      code === 'ENOENT'
        ? `in a directory that exists, and ${dirname(file)} does not: create it first`
        : code === 'EEXIST'
          ? 'the path of a file, and not of a directory or device'
          : `where this process may create a file (${String(code)})`;
    throw configError('database', file, expected, error);
  }
}
