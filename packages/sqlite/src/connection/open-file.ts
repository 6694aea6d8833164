import { closeSync, openSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { configError } from '../errors.ts';

const OWNER_ONLY = 0o600;
const IN_MEMORY = ':memory:';

/**
 * Opens the database at `path` with `node:sqlite`, or an in-memory database for `:memory:`.
 *
 * A missing file is created with mode 0600; SQLite gives the files next to it the same mode.
 *
 * @throws {SessionError} `ERR_CONFIG` if `path` is not a file path or the file cannot be created.
 */
export function openFile(path: string): DatabaseSync {
  // Loaded only here: in Node.js 22 this prints a warning, which apps that pass a connection should not see.
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
    if (code === 'ENOENT') {
      const advice = ` Create the directory ${dirname(file)} first.`;
      throw configError('database', file, 'a path in an existing directory', advice, error);
    }
    const expected =
      code === 'EEXIST'
        ? 'the path of a file, not of a directory or device'
        : `a path where this process can create a file (${String(code)})`;
    throw configError('database', file, expected, '', error);
  }
}
