import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTableSql, type PostgresStoreOptions, postgresStore } from '../src/index.ts';
import { failureOf } from './support/failure.ts';
import { makeRecord } from './support/record.ts';
import { TestServer } from './support/server.ts';

let server: TestServer;
let pool: pg.Pool;
beforeAll(async () => {
  server = await TestServer.start();
  pool = new pg.Pool(server.address);
}, 60_000);
afterAll(async () => {
  await pool.end();
  await server.stop();
});

const open = (options: PostgresStoreOptions) => postgresStore(pool, { queryTimeout: 30_000, ...options });

describe('the table', () => {
  it('is created by whichever call is first, of 40 clients at the same moment', async () => {
    const pools = Array.from({ length: 40 }, () => new pg.Pool({ ...server.address, max: 1 }));
    const stores = pools.map((each) => postgresStore(each, { table: 'rush', queryTimeout: 30_000 }));
    const won = await Promise.all(
      stores.map((store, at) => store.compareAndSet('key', null, makeRecord(at + 1))),
    );
    expect(won.filter(Boolean)).toHaveLength(1);
    await Promise.all(pools.map((each) => each.end()));
    expect(server.log()).not.toContain('ERROR');
  }, 60_000);

  it('may have a name that SQL reserves, and capitals', async () => {
    for (const table of ['select', 'Sessions', 'sessions', 'user']) {
      expect(await open({ table }).compareAndSet('key', null, makeRecord(1))).toBe(true);
    }
  });

  it("may have the longest name, even if another table's name begins with it", async () => {
    for (const table of ['x'.repeat(49), 'x'.repeat(50)]) {
      expect(await open({ table }).compareAndSet('key', null, makeRecord(1))).toBe(true);
    }
  });

  it('is made by the SQL of createTableSql, and used by a role that may create nothing', async () => {
    await pool.query('CREATE SCHEMA app; CREATE ROLE clerk LOGIN; GRANT USAGE ON SCHEMA app TO clerk');
    await pool.query(createTableSql({ schema: 'app' }));
    await pool.query(createTableSql({ schema: 'app' }));
    await pool.query('GRANT SELECT, INSERT, UPDATE, DELETE ON app.coatcheck_sessions TO clerk');
    const clerk = new pg.Pool({ ...server.address, user: 'clerk' });
    const store = postgresStore(clerk, { schema: 'app', createTable: false, queryTimeout: 30_000 });
    expect(await store.compareAndSet('key', null, makeRecord(1))).toBe(true);
    expect(await store.compareAndSet('key', 1, makeRecord(2))).toBe(true);
    expect(await store.sweep(5_000_000_000_000, 10)).toBe(1);
    await store.clear();
    await clerk.end();
  });

  it('is checked once, by ready() or by the first call', async () => {
    const store = open({ table: 'once' });
    await store.ready();
    await server.query('ALTER TABLE once ADD COLUMN note text NOT NULL DEFAULT 1');
    await store.ready();
    expect(await store.read('key')).toBeUndefined();
  });
});

describe('ERR_CONFIG', () => {
  it.each([
    [
      'as connect-pg-simple has it',
      '(sid varchar PRIMARY KEY, sess json, expire timestamp)',
      'of these it has: none',
    ],
    [
      'whose version is 32 bits wide',
      '(key bytea PRIMARY KEY, version int NOT NULL, expires_at bigint NOT NULL, sweep_at bigint NOT NULL, body bytea NOT NULL)',
      'version integer NOT NULL',
    ],
    [
      'without a primary key',
      '(key bytea NOT NULL, version bigint NOT NULL, expires_at bigint NOT NULL, sweep_at bigint NOT NULL, body bytea NOT NULL)',
      'it has no primary key or unique index on key alone',
    ],
    [
      'without an index for sweeps',
      '(key bytea PRIMARY KEY, version bigint NOT NULL, expires_at bigint NOT NULL, sweep_at bigint NOT NULL, body bytea NOT NULL)',
      'it has no index on sweep_at',
    ],
    [
      'with a column more that must be filled',
      '(key bytea PRIMARY KEY, version bigint NOT NULL, expires_at bigint NOT NULL, sweep_at bigint NOT NULL, body bytea NOT NULL, tenant int NOT NULL)',
      'it also has columns that must be filled: tenant',
    ],
  ])('is what a table %s gets, with the columns expected', async (what, columns, why) => {
    const table = what.replace(/\W/g, '_');
    await pool.query(`CREATE TABLE ${table} ${columns}`);
    const store = open({ table });
    const { code, message } = await failureOf(store.read('key'));
    expect(code).toBe('ERR_CONFIG');
    expect(message).toContain(
      'must have the columns body bytea NOT NULL, expires_at bigint NOT NULL, key bytea NOT NULL, sweep_at bigint NOT NULL, version bigint NOT NULL, key alone',
    );
    expect(message).toContain(why);
    expect((await failureOf(store.ready())).message).toBe(message);
  });

  it('is what a view and an UNLOGGED table get', async () => {
    await pool.query('CREATE VIEW seen AS SELECT 1');
    expect((await failureOf(open({ table: 'seen' }).ready())).message).toContain('it is not a table');
    await pool.query(createTableSql({ table: 'fleeting' }).replace('CREATE TABLE', 'CREATE UNLOGGED TABLE'));
    expect((await failureOf(open({ table: 'fleeting' }).ready())).message).toContain('it is UNLOGGED');
  });

  it('is thrown for a missing table that may not be created, and no longer once the table exists', async () => {
    const store = open({ table: 'later', createTable: false });
    const { code, message } = await failureOf(store.read('key'));
    expect(code).toBe('ERR_CONFIG');
    expect(message).toBe(
      'The table "public"."later" is not there. Create it with the SQL that createTableSql() returns.',
    );
    await pool.query(createTableSql({ table: 'later' }));
    expect(await store.read('key')).toBeUndefined();
  });

  it('is what a role gets that may not create the table', async () => {
    const guest = new pg.Pool({ ...server.address, user: 'guest' });
    await pool.query('CREATE ROLE guest LOGIN');
    const { code, message } = await failureOf(postgresStore(guest, { table: 'closed' }).ready());
    expect(code).toBe('ERR_CONFIG');
    expect(message).toContain('The role of the client may not create it.');
    await guest.end();
  });

  it('is what a missing schema gets', async () => {
    const { code, message } = await failureOf(open({ schema: 'nowhere' }).ready());
    expect(code).toBe('ERR_CONFIG');
    expect(message).toContain('Create the schema first');
  });
});
