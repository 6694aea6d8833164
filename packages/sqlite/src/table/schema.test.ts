import { DatabaseSync } from 'node:sqlite';
import { afterAll, describe, expect, it } from 'vitest';
import { makeDirectory } from '../../test/support/directory.ts';
import { refusalOf } from '../../test/support/refusal.ts';
import { columnsOf, prepare, readValue } from '../connection/connection.ts';
import { sqliteStore } from '../index.ts';
import { MIGRATIONS, type Migration, migrate, readVersion } from './schema.ts';

const directory = makeDirectory();
afterAll(() => directory.remove());

const RECORD = { version: 1, expiresAt: 1, body: 'x' };
const LATER: readonly Migration[] = [
  ...MIGRATIONS,
  (table) => [`ALTER TABLE main."${table}" ADD COLUMN colour TEXT NOT NULL DEFAULT 'none'`],
  (table) => [`CREATE INDEX main."${table}.colour" ON "${table}" (colour)`],
];

describe('the schema', () => {
  it('records its version in a table, and leaves user_version to the app', () => {
    const database = new DatabaseSync(':memory:');
    database.exec('PRAGMA user_version = 42');
    sqliteStore(database);
    expect(readVersion(database, 'coatcheck_sessions', 1)).toBe(1);
    expect(readValue(database, 'PRAGMA user_version')).toBe(42);
  });

  it('is created once, and keeps the records when opened again', () => {
    const database = new DatabaseSync(':memory:');
    sqliteStore(database).compareAndSet('key', null, RECORD);
    expect(sqliteStore(database).read('key')).toEqual(RECORD);
  });

  it('ignores the case of the table name, as SQLite does', () => {
    const database = new DatabaseSync(':memory:');
    sqliteStore(database, { table: 'Sessions' }).compareAndSet('key', null, RECORD);
    expect(sqliteStore(database, { table: 'sESSIONS' }).read('key')).toEqual(RECORD);
  });

  it('is created again after the table was dropped', () => {
    const database = new DatabaseSync(':memory:');
    sqliteStore(database);
    database.exec('DROP TABLE coatcheck_sessions');
    expect(sqliteStore(database).compareAndSet('key', null, RECORD)).toBe(true);
  });

  it('finds due records by an index, and a record by its key', () => {
    const database = new DatabaseSync(':memory:');
    sqliteStore(database);
    // The plan's columns are id, parent, notused and detail.
    const plan = (sql: string): unknown => columnsOf(prepare(database, `EXPLAIN QUERY PLAN ${sql}`).get())[3];
    expect(plan('SELECT rowid FROM coatcheck_sessions WHERE sweep_at <= 5 ORDER BY sweep_at LIMIT 5')).toBe(
      'SEARCH coatcheck_sessions USING COVERING INDEX coatcheck_sessions.sweep_at (sweep_at<?)',
    );
    expect(plan("SELECT body FROM coatcheck_sessions WHERE key = 'a'")).toContain('(key=?)');
  });
});

describe('a table that another process creates during opening', () => {
  it.each([1, 2, 3, 4, 5, 6, 7])(
    'is found if it is created before statement %i, for every statement before the lock',
    (turn) => {
      const path = directory.path();
      const database = new DatabaseSync(path);
      let left = turn;
      const meddled = {
        exec: (sql: string) => database.exec(sql),
        prepare(sql: string) {
          if (--left === 0) sqliteStore(path).close();
          return database.prepare(sql);
        },
      };
      expect(sqliteStore(meddled).compareAndSet('key', null, RECORD)).toBe(true);
      expect(left).toBeLessThanOrEqual(0);
      database.close();
    },
  );
});

describe('migrating', () => {
  it('applies every missing step, and keeps the records', () => {
    const database = new DatabaseSync(':memory:');
    const store = sqliteStore(database);
    store.compareAndSet('key', null, RECORD);
    migrate(database, 'coatcheck_sessions', LATER);
    expect(readVersion(database, 'coatcheck_sessions', 3)).toBe(3);
    expect(readValue(database, 'SELECT colour FROM coatcheck_sessions')).toBe('none');
    expect(store.read('key')).toEqual(RECORD);
  });

  it('upgrades each table separately', () => {
    const database = new DatabaseSync(':memory:');
    sqliteStore(database, { table: 'one' });
    sqliteStore(database, { table: 'two' });
    migrate(database, 'one', LATER);
    expect([readVersion(database, 'one', 3), readVersion(database, 'two', 3)]).toEqual([3, 1]);
  });

  it('applies all steps or none', () => {
    const database = new DatabaseSync(':memory:');
    sqliteStore(database);
    const failing = [...LATER, () => ['THIS IS NOT SQL']];
    expect(() => migrate(database, 'coatcheck_sessions', failing)).toThrow('syntax error');
    expect(readVersion(database, 'coatcheck_sessions', 4)).toBe(1);
    expect(database.isTransaction).toBe(false);
    migrate(database, 'coatcheck_sessions', LATER);
    expect(readVersion(database, 'coatcheck_sessions', 3)).toBe(3);
  });

  it('rejects a table of a later version, and leaves it unchanged', () => {
    const database = new DatabaseSync(':memory:');
    sqliteStore(database);
    migrate(database, 'coatcheck_sessions', LATER);
    const { code, message } = refusalOf(() => sqliteStore(database));
    expect(code).toBe('ERR_CONFIG');
    expect(message).toContain(
      "The table 'coatcheck_sessions' has version 3, created by a later @coatcheck/sqlite",
    );
    expect(readVersion(database, 'coatcheck_sessions', 3)).toBe(3);
  });
});

describe('a table name that is already in use', () => {
  it.each([
    { what: 'a table', sql: 'CREATE TABLE shop (name TEXT)' },
    { what: 'a view', sql: 'CREATE VIEW shop AS SELECT 1' },
    { what: 'a table of the same columns', sql: 'CREATE TABLE Shop (key, version, expires_at, body)' },
  ])('by $what of the app is rejected before anything is written', ({ sql }) => {
    const database = new DatabaseSync(':memory:');
    database.exec(sql);
    const { code, message } = refusalOf(() => sqliteStore(database, { table: 'shop' }));
    expect(code).toBe('ERR_CONFIG');
    expect(message).toContain('table must be a new name or a table created by this package');
    expect(readValue(database, 'SELECT count(*) AS count FROM sqlite_schema')).toBe(1);
  });
});
