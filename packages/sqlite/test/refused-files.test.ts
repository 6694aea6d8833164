import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import Database from 'better-sqlite3';
import { afterAll, describe, expect, it } from 'vitest';
import { sqliteStore } from '../src/index.ts';
import { makeDirectory } from './support/directory.ts';
import { refusalOf } from './support/refusal.ts';

const directory = makeDirectory();
afterAll(() => directory.remove());

const intact = directory.path();
const store = sqliteStore(intact);
for (let at = 0; at < 200; at += 1) {
  store.compareAndSet(`key-${at}`, null, { version: 1, expiresAt: 1, body: 'x'.repeat(500) });
}
store.close();

describe('a file that is not a SQLite database is rejected and left unchanged', () => {
  it.each([
    { what: 'a CSV file', content: 'sku,name,price\n'.repeat(100) },
    { what: 'a few bytes', content: 'key' },
    { what: 'zeros', content: '\0'.repeat(4096) },
  ])('$what', ({ content }) => {
    const path = directory.path();
    writeFileSync(path, content);
    const { code, message } = leavingUnchanged(path, () => sqliteStore(path));
    expect(code).toBe('ERR_CONFIG');
    expect(message).toBe(
      `The database '${path}' is not a SQLite database. It was not changed; pass the path of another file.`,
    );
  });

  it.each([
    { driver: 'node:sqlite', connect: (path: string) => new DatabaseSync(path) },
    { driver: 'better-sqlite3', connect: (path: string) => new Database(path) },
  ])('also with a connection of $driver', ({ connect }) => {
    const path = directory.path();
    writeFileSync(path, 'csv,'.repeat(1000));
    const connection = connect(path);
    const { code, message } = leavingUnchanged(path, () => sqliteStore(connection));
    expect(code).toBe('ERR_CONFIG');
    expect(message).toContain('is not a SQLite database');
    connection.close();
  });
});

it('a file that SQLite cannot open is named in the error', () => {
  const path = join(directory.path(), ...Array.from({ length: 4 }, () => 'x'.repeat(150)), 'sessions.db');
  mkdirSync(dirname(path), { recursive: true });
  const { code, message } = refusalOf(() => sqliteStore(path));
  expect(code).toBe('ERR_STORE_UNAVAILABLE');
  expect(message).toBe(`The database '${path}' could not be opened: unable to open database file.`);
});

describe('a damaged database is rejected and left unchanged', () => {
  it.each([
    {
      what: 'its end is missing',
      damage: (path: string) => truncateSync(path, statSync(path).size - 3 * 4096),
    },
    {
      what: 'its first page is overwritten after the header',
      damage: (path: string) => writeFileSync(path, overwritten(readFileSync(path), 100, 4096)),
    },
  ])('$what', ({ damage }) => {
    const path = directory.path();
    copyFileSync(intact, path);
    damage(path);
    const { code, message } = leavingUnchanged(path, () => sqliteStore(path));
    expect(code).toBe('ERR_STORE_UNAVAILABLE');
    expect(message).toMatch(/ is damaged\. It was not changed; restore it from a backup/);
  });

  it('and if only records are damaged, reading them fails and never reports them as absent', () => {
    const path = directory.path();
    copyFileSync(intact, path);
    writeFileSync(path, overwritten(readFileSync(path), 8 * 4096, 30 * 4096));
    const damaged = sqliteStore(path);
    const results = Array.from({ length: 200 }, (_, at) => {
      try {
        return damaged.read(`key-${at}`) === undefined ? 'absent' : 'present';
      } catch {
        return 'failed';
      }
    });
    expect(results).toContain('failed');
    expect(results).not.toContain('absent');
    damaged.close();
  });
});

/** Makes a call that must be rejected, and checks that it wrote neither the file nor any next to it. */
function leavingUnchanged(path: string, call: () => unknown): ReturnType<typeof refusalOf> {
  const before = { content: readFileSync(path), mtime: statSync(path).mtimeMs, mode: statSync(path).mode };
  const refusal = refusalOf(call);
  expect(readFileSync(path).equals(before.content)).toBe(true);
  expect(statSync(path)).toMatchObject({ mtimeMs: before.mtime, mode: before.mode });
  expect([`${path}-wal`, `${path}-journal`].filter((file) => existsSync(file))).toEqual([]);
  return refusal;
}

function overwritten(content: Buffer, from: number, to: number): Buffer {
  return content.fill(0xaa, from, to);
}
