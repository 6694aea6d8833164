import { rmSync, statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import Database from 'better-sqlite3';
import { afterAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { makeDirectory } from '../../test/support/directory.ts';
import { refusalOf } from '../../test/support/refusal.ts';
import { type SqliteConnection, type SqliteValue, sqliteStore } from '../index.ts';

const directory = makeDirectory();
afterAll(() => directory.remove());

const RECORD = { version: 1, expiresAt: 1, body: 'x' };

describe('each call', () => {
  it('runs one statement, or two for a lost write and a last slice, all compiled once', async () => {
    const { connection, counts } = counting(new DatabaseSync(':memory:'));
    const store = sqliteStore(connection);
    const calls: [statements: number, call: () => unknown][] = [
      [1, () => store.read('key')],
      [1, () => store.compareAndSet('key', null, RECORD)],
      [1, () => store.compareAndSet('key', 1, { ...RECORD, version: 2 })],
      [2, () => store.compareAndSet('key', 1, { ...RECORD, version: 2 })],
      [1, () => store.compareAndSet('key', 2, null)],
      [2, () => store.sweep(1, 10)],
      [1, () => store.clear()],
    ];
    for (const [statements, call] of calls) {
      counts.compiled = 0;
      counts.run = 0;
      await call();
      expect(counts).toEqual({ compiled: 0, run: statements });
    }
  });

  it('fails once the file was deleted under the app', () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const path = directory.path();
    const store = sqliteStore(path);
    store.compareAndSet('key', null, RECORD);
    rmSync(path);
    vi.advanceTimersByTime(1000);
    for (const call of [() => store.read('key'), () => store.compareAndSet('key', 1, null)]) {
      expect(call).toThrow('was deleted or replaced while it was open');
    }
    store.close();
  });

  it('returns synchronously', () => {
    const store = sqliteStore(':memory:');
    expect(store.read('key')).toBeUndefined();
    expect(store.compareAndSet('key', null, RECORD)).toBe(true);
    expect(store.read('key')).toEqual(RECORD);
    expect(store.compareAndSet('key', null, null)).toBe(false);
    expect(store.compareAndSet('another', null, null)).toBe(true);
  });

  it('finishes its statement, so that the write-ahead log does not grow without limit', () => {
    const path = directory.path();
    const connection = new DatabaseSync(path);
    const store = sqliteStore(connection, { synchronous: 'normal' });
    store.compareAndSet('key', null, RECORD);
    for (let version = 1; version <= 5000; version += 1) {
      store.compareAndSet('key', version, {
        version: version + 1,
        expiresAt: version,
        body: 'x'.repeat(500),
      });
      store.read('key');
    }
    // SQLite copies the log into the file after 1000 pages.
    expect(statSync(`${path}-wal`).size).toBeLessThan(1500 * 4096);
    connection.close();
  });
});

describe.each([
  { driver: 'node:sqlite', connect: () => new DatabaseSync(':memory:') },
  { driver: 'better-sqlite3', connect: () => new Database(':memory:') },
])('a connection of $driver with an open transaction', ({ connect }) => {
  it('is rejected for a new store', () => {
    const connection = connect();
    connection.exec('BEGIN');
    const { code, message } = refusalOf(() => sqliteStore(connection));
    expect(code).toBe('ERR_CONFIG');
    expect(message).toContain('a connection without an open transaction');
    connection.close();
  });

  it('fails every call until the transaction has ended, because it could be rolled back', async () => {
    const connection = connect();
    const store = sqliteStore(connection);
    store.compareAndSet('key', null, RECORD);
    connection.exec('BEGIN');
    for (const call of [
      () => store.read('key'),
      () => store.compareAndSet('key', 1, { ...RECORD, version: 2 }),
      () => store.compareAndSet('key', 1, null),
      () => store.compareAndSet('key', null, null),
      () => store.clear(),
    ]) {
      expect(refusalOf(call).code).toBe('ERR_STORE_UNAVAILABLE');
    }
    await expect(store.sweep(1, 1)).rejects.toMatchObject({ code: 'ERR_STORE_UNAVAILABLE' });
    connection.exec('ROLLBACK');
    expect(store.read('key')).toEqual(RECORD);
    connection.close();
  });
});

describe('a passed connection', () => {
  it('stays open when the store is closed', () => {
    const database = new DatabaseSync(':memory:');
    sqliteStore(database).close();
    expect(database.isOpen).toBe(true);
  });

  it('may return integers as bigints and rows as arrays to its owner', () => {
    const database = new DatabaseSync(':memory:', { readBigInts: true, returnArrays: true });
    const ofNode = sqliteStore(database);
    ofNode.compareAndSet('key', null, RECORD);
    expect(ofNode.read('key')).toEqual(RECORD);
    const better = new Database(':memory:');
    better.defaultSafeIntegers(true);
    const ofBetter = sqliteStore(better);
    ofBetter.compareAndSet('key', null, RECORD);
    expect(ofBetter.read('key')).toEqual(RECORD);
  });

  it.each([undefined, null, 5, {}, { exec() {} }, { exec() {}, prepare: true }])(
    'is rejected if it is not a connection: %j',
    (database) => {
      // JavaScript callers can pass anything.
      const open = sqliteStore as unknown as (database: unknown) => unknown;
      const { code, message } = refusalOf(() => open(database));
      expect(code).toBe('ERR_CONFIG');
      expect(message).toMatch(
        /^database must be a path, or a connection of node:sqlite, better-sqlite3 or bun:sqlite;/,
      );
    },
  );
});

describe('a value that this store never writes', () => {
  it.each([
    {
      what: 'a version above 2^53',
      sql: "INSERT INTO coatcheck_sessions VALUES ('key', 9007199254740993, 1, 1, 'x')",
    },
    {
      what: 'a deadline above 2^53',
      sql: "INSERT INTO coatcheck_sessions VALUES ('key', 1, 9007199254740993, 1, 'x')",
    },
  ])('makes a read fail: $what', ({ sql }) => {
    for (const connection of [new DatabaseSync(':memory:'), new Database(':memory:')]) {
      const store = sqliteStore(connection);
      connection.exec(sql);
      expect(() => store.read('key')).toThrow();
    }
  });

  it('is rejected when written: a lone surrogate in a key or a body', () => {
    const store = sqliteStore(':memory:');
    const refusal = /contains a lone surrogate/;
    expect(() => store.read('\uD800')).toThrow(refusal);
    expect(() => store.compareAndSet('\uD800', null, RECORD)).toThrow(refusal);
    expect(() => store.compareAndSet('\uD800', 1, null)).toThrow(refusal);
    expect(() => store.compareAndSet('key', null, { ...RECORD, body: 'a\uDFFF' })).toThrow(refusal);
    expect(() => store.compareAndSet('key', null, { ...RECORD, expiresAt: 1.5 })).toThrow();
    expect(store.read('key')).toBeUndefined();
  });
});

/** Wraps a connection so that its statements are counted. */
function counting(database: DatabaseSync): {
  connection: SqliteConnection;
  counts: { compiled: number; run: number };
} {
  const counts = { compiled: 0, run: 0 };
  const connection: SqliteConnection = {
    exec(sql) {
      counts.run += 1;
      return database.exec(sql);
    },
    prepare(sql) {
      counts.compiled += 1;
      const statement = database.prepare(sql);
      return {
        get(...parameters: SqliteValue[]) {
          counts.run += 1;
          return statement.get(...parameters);
        },
        run(...parameters: SqliteValue[]) {
          counts.run += 1;
          return statement.run(...parameters);
        },
      };
    },
  };
  return { connection, counts };
}
