import { closeSync, openSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { SessionError } from '@coatcheck/core';
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
  const DatabaseSync = builtInDriver();
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
    const found = code === 'EEXIST' ? kindOfPath(file) : undefined;
    if (found === 'file') return;
    if (code === 'ENOENT') {
      const advice = ` Create the directory ${dirname(file)} first.`;
      throw configError('database', file, 'a path in an existing directory', advice, error);
    }
    const expected =
      found === 'dangling link'
        ? 'the path of a file, not of a symbolic link to a missing file'
        : found === 'other'
          ? 'the path of a file, not of a directory or device'
          : `a path where this process can create a file (${String(code)})`;
    throw configError('database', file, expected, '', error);
  }
}

/** Tells what is at an existing path. */
function kindOfPath(file: string): 'file' | 'dangling link' | 'other' {
  try {
    return statSync(file).isFile() ? 'file' : 'other';
  } catch {
    return 'dangling link';
  }
}

/** Loads `node:sqlite`, which Node.js has without a flag from 22.13. */
function builtInDriver(): typeof DatabaseSync {
  const { version } = process;
  const sqlite = process.getBuiltinModule?.('node:sqlite');
  if (sqlite !== undefined) return sqlite.DatabaseSync;
  throw new SessionError(
    'ERR_CONFIG',
    `sqliteStore(path) needs node:sqlite, which Node.js has from 22.13; this is ${version}. Update Node.js, or pass a connection of better-sqlite3.`,
  );
}
