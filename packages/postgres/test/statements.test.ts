import pg from 'pg';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PostgresStore, type PostgresStoreOptions, postgresStore } from '../src/index.ts';
import { TestPgBouncer } from './support/pgbouncer.ts';
import { makeRecord } from './support/record.ts';
import { TestServer } from './support/server.ts';

let server: TestServer;
beforeAll(async () => {
  // What a store that has not chosen otherwise must not take over.
  server = await TestServer.start({ synchronous_commit: 'off' });
}, 60_000);
afterAll(() => server.stop());

let tables = 0;

/** Opens a store over a pool of so many connections; counts what it sends. */
async function open(options: PostgresStoreOptions = {}, max = 1) {
  const pool = new pg.Pool({ ...server.address, max });
  tables += 1;
  const table = `statements_${tables}`;
  const store = postgresStore(pool, { table, queryTimeout: 30_000, ...options });
  await store.ready();
  const sent: (string | undefined)[] = [];
  pool.on('acquire', (client) => {
    const { query } = client;
    client.query = (...args: unknown[]) => {
      const [given]: { name?: string }[] = args as [{ name?: string }];
      sent.push(given?.name);
      return Reflect.apply(query, client, args);
    };
  });
  pool.on('release', (_, client) => {
    Reflect.deleteProperty(client, 'query');
  });
  return { pool, store, table, sent, [Symbol.asyncDispose]: () => pool.end() };
}

/** Creates, replaces, loses, reads and deletes: five calls. */
async function useOnce(store: PostgresStore): Promise<void> {
  expect(await store.compareAndSet('key', null, makeRecord(1))).toBe(true);
  expect(await store.compareAndSet('key', 1, makeRecord(2))).toBe(true);
  expect(await store.compareAndSet('key', 1, makeRecord(3))).toBe(false);
  expect(await store.read('key')).toEqual(makeRecord(2));
  expect(await store.compareAndSet('key', 2, null)).toBe(true);
}

describe('each call', () => {
  it('is one statement, prepared once for a connection', async () => {
    await using opened = await open();
    await useOnce(opened.store);
    expect(opened.sent).toHaveLength(5);
    await useOnce(opened.store);
    expect(opened.sent).toHaveLength(10);
    const { rows } = await opened.pool.query('SELECT name FROM pg_prepared_statements ORDER BY name');
    expect(rows.map(({ name }) => name)).toEqual(
      [...new Set(opened.sent)].filter((name) => name !== undefined).sort(),
    );
    expect(rows).toHaveLength(4);
  });

  it('leaves no setting and no transaction behind on the connection', async () => {
    await using opened = await open({ synchronousCommit: 'remote_apply' });
    await useOnce(opened.store);
    const { rows } = await opened.pool.query(
      "SELECT current_setting('synchronous_commit') AS commit, current_setting('lock_timeout') AS lock, pg_current_xact_id_if_assigned() AS xact",
    );
    expect(rows).toEqual([{ commit: 'off', lock: '0', xact: null }]);
  });

  it('is not prepared any more once a pooler does not allow it, and nothing fails for that', async () => {
    const bouncer = await TestPgBouncer.start(server.address, 3);
    const pool = new pg.Pool({ ...bouncer.address, max: 6 });
    const store = postgresStore(pool, { table: 'pooled', queryTimeout: 30_000 });
    const keys = Array.from({ length: 60 }, (_, at) => `key-${at}`);
    expect(await Promise.all(keys.map((key) => store.compareAndSet(key, null, makeRecord(1, key))))).toEqual(
      keys.map(() => true),
    );
    expect(await Promise.all(keys.map((key) => store.read(key)))).toEqual(
      keys.map((key) => makeRecord(1, key)),
    );
    await pool.end();
    await bouncer.stop();
  }, 60_000);

  it('is read the same with any type parsers of the client and any bytea_output', async () => {
    const types = { getTypeParser: () => (text: string) => ({ wrapped: text }) };
    const { host, port, user, database } = server.address;
    const sql = postgres({
      ...{ host, port, user, database, max: 1, connection: { bytea_output: 'escape' } },
      fetch_types: false,
      types: { bigint: postgres.BigInt },
      transform: postgres.camel,
    });
    const pool = new pg.Pool({ ...server.address, types, options: '-c bytea_output=escape' });
    for (const [client, table] of [
      [sql, 'camel'],
      [pool, 'wrapped'],
    ] as const) {
      const store = postgresStore(client, { table, queryTimeout: 30_000 });
      const outcome = store.compareAndSet('key', null, makeRecord(2 ** 53 - 1, '\\000\0'));
      if (client === sql) {
        expect(await outcome).toBe(true);
        expect(await store.read('key')).toEqual(makeRecord(2 ** 53 - 1, '\\000\0'));
      } else {
        // A column that does not come as a string can only be rejected.
        await expect(outcome).rejects.toThrow();
      }
    }
    await Promise.all([sql.end(), pool.end()]);
  });
});

describe('what PostgreSQL waits for before it acknowledges a write', () => {
  it.each([
    ['on', undefined, 'off'],
    ['on', undefined, 'local'],
    ['remote_apply', undefined, 'remote_apply'],
    ['off', 'off', 'on'],
    ['local', 'local', 'remote_apply'],
    ['on', 'on', 'remote_apply'],
  ] as const)('is %s where the store is told %s and the server has %s', async (expected, given, ofServer) => {
    await using opened = await open(given && { synchronousCommit: given });
    const { pool, store, table } = opened;
    await pool.query(`
      SET synchronous_commit = ${ofServer};
      CREATE TABLE ${table}_seen (operation text, commit text, lock text);
      CREATE FUNCTION ${table}_see() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        INSERT INTO ${table}_seen VALUES (tg_op, current_setting('synchronous_commit'), current_setting('lock_timeout'));
        RETURN NULL;
      END $$;
      CREATE TRIGGER see AFTER INSERT OR UPDATE OR DELETE ON ${table} FOR EACH ROW EXECUTE FUNCTION ${table}_see()`);
    await useOnce(store);
    const { rows } = await pool.query(`SELECT * FROM ${table}_seen`);
    const seen = { commit: expected, lock: '30s' };
    expect(rows).toEqual(['INSERT', 'UPDATE', 'DELETE'].map((operation) => ({ operation, ...seen })));
  });
});

describe('a write that moves the deadline on', () => {
  it('stays inside its page and leaves the indexes alone', async () => {
    const opened = await open();
    const keys = Array.from({ length: 100 }, (_, at) => `key-${at}`);
    const record = (version: number) => ({
      version,
      expiresAt: 4_000_000_000_000 + version,
      body: 'x'.repeat(600),
    });
    for (const key of keys) await opened.store.compareAndSet(key, null, record(1));
    for (let version = 1; version <= 20; version += 1) {
      for (const key of keys) {
        expect(await opened.store.compareAndSet(key, version, record(version + 1))).toBe(true);
      }
    }
    // A connection reports what it did when it ends.
    await opened.pool.end();
    const [stats] = await server.query<{ updates: number; hot: number }>(
      `SELECT n_tup_upd::int AS updates, n_tup_hot_upd::int AS hot FROM pg_stat_user_tables WHERE relname = '${opened.table}'`,
    );
    expect(stats?.updates).toBe(2000);
    expect(stats?.hot).toBeGreaterThan(1900);
  }, 60_000);
});
