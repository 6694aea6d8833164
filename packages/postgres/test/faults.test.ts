import pg from 'pg';
import postgres from 'postgres';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type PostgresStore, postgresStore } from '../src/index.ts';
import { failureOf } from './support/failure.ts';
import { TestProxy } from './support/proxy.ts';
import { makeRecord } from './support/record.ts';
import { TestServer } from './support/server.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const SOON = 1000;
/** A busy machine is slow, but not so slow. */
const BOUND = 20_000;

let server: TestServer;
beforeAll(async () => {
  server = await TestServer.start({ max_connections: 20 });
}, 60_000);
afterAll(() => server.stop());

let pool: pg.Pool;
let store: PostgresStore;
beforeEach(async () => {
  pool = new pg.Pool({ ...server.address, max: 2 });
  pool.on('error', () => {});
  store = postgresStore(pool, { queryTimeout: BOUND });
  await store.ready();
  await store.clear();
  await store.compareAndSet('key', null, makeRecord(1));
});
afterEach(() => pool.end());

describe('is a failure of the store in bounded time:', () => {
  it('a read-only transaction, for writes', async () => {
    const readOnly = new pg.Pool({ ...server.address, options: '-c default_transaction_read_only=on' });
    const refusing = postgresStore(readOnly);
    expect(await refusing.read('key')).toEqual(makeRecord(1));
    for (const write of [
      () => refusing.compareAndSet('new', null, makeRecord(1)),
      () => refusing.compareAndSet('key', 1, makeRecord(2)),
      () => refusing.compareAndSet('key', 7, makeRecord(8)),
      () => refusing.compareAndSet('key', 1, null),
      () => refusing.sweep(1, 1),
      () => refusing.clear(),
    ]) {
      expect(await failureOf(write())).toMatchObject({
        ...{ name: 'PostgresStoreError', code: '25006' },
        message: expect.stringMatching(/^cannot execute [A-Z ]+ in a read-only transaction$/),
      });
    }
    await readOnly.end();
  });

  it('a connection that the administrator ends while a statement waits, and the next call gets another one', async () => {
    const other = await pool.connect();
    await other.query('BEGIN; SELECT * FROM coatcheck_sessions FOR UPDATE');
    const failing = failureOf(store.compareAndSet('key', 1, makeRecord(2)));
    await untilWaiting();
    await server.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock'",
    );
    expect(await failing).toMatchObject({
      ...{ name: 'PostgresStoreError', code: '57P01' },
      message: 'terminating connection due to administrator command',
    });
    await other.query('ROLLBACK');
    other.release();
    expect(await store.read('key')).toEqual(makeRecord(1));
  });

  it('a server that has too many clients, and recovers once they are gone', async () => {
    const crowd = Array.from({ length: 20 }, () => new pg.Client(server.address));
    await Promise.allSettled(crowd.map((client) => client.connect()));
    const late = new pg.Pool(server.address);
    const lateStore = postgresStore(late, { queryTimeout: BOUND });
    const failure = await failureOf(lateStore.read('key'));
    expect(failure).toMatchObject({ name: 'PostgresStoreError', code: '53300' });
    expect(failure.message).toContain('too many clients');
    await Promise.all(crowd.map((client) => client.end()));
    expect(await lateStore.read('key')).toEqual(makeRecord(1));
    await late.end();
  });

  it('a pool whose connections the app holds; nothing is sent later', async () => {
    const held = await Promise.all([pool.connect(), pool.connect()]);
    const hasty = postgresStore(pool, { queryTimeout: SOON });
    expect(await failureOf(hasty.compareAndSet('key', 1, makeRecord(2)))).toMatchObject({
      ...{ name: 'PostgresStoreError', code: 'ETIMEDOUT' },
      message: 'PostgreSQL did not respond within 1000 ms, which is the queryTimeout of this store',
    });
    for (const client of held) client.release();
    expect(await store.read('key')).toEqual(makeRecord(1));
    expect(pool.waitingCount).toBe(0);
  });

  it('a row that somebody else keeps locked; the server gives up too', async () => {
    const other = await pool.connect();
    await other.query('BEGIN; SELECT * FROM coatcheck_sessions FOR UPDATE');
    const hasty = postgresStore(pool, { queryTimeout: SOON });
    await hasty.read('key');
    const { code, milliseconds } = await failureOf(hasty.compareAndSet('key', 1, makeRecord(2)));
    expect(['55P03', 'ETIMEDOUT']).toContain(code);
    expect(milliseconds).toBeLessThan(BOUND);
    await other.query('ROLLBACK');
    other.release();
    expect((await store.read('key'))?.version).toBe(1);
  });

  it('a transaction on the passed Client', async () => {
    const client = new pg.Client(server.address);
    await client.connect();
    const shared = postgresStore(client, { queryTimeout: BOUND });
    await shared.ready();
    await client.query('BEGIN');
    for (const call of [() => shared.read('key'), () => shared.compareAndSet('key', 1, null)]) {
      expect((await failureOf(call())).message).toContain('has a transaction open');
    }
    await client.query('ROLLBACK');
    expect(await shared.read('key')).toEqual(makeRecord(1));
    await client.end();
  });

  it('a client that was closed', async () => {
    const closed = new pg.Pool(server.address);
    await closed.end();
    expect((await failureOf(postgresStore(closed).read('key'))).message).toContain(
      'after calling end on the pool',
    );
  });
});

describe('a server that is silent', () => {
  let proxy: TestProxy;
  beforeEach(async () => {
    proxy = await TestProxy.start(server.address);
  });
  afterEach(() => proxy.stop());

  it('fails each call of a Pool in bounded time, and does not hold the connections of the pool', async () => {
    const far = new pg.Pool({ ...proxy.address, max: 2, connectionTimeoutMillis: BOUND / 2 });
    far.on('error', () => {});
    const hasty = postgresStore(far, { queryTimeout: SOON });
    await postgresStore(far, { queryTimeout: BOUND }).ready();
    await hasty.ready();
    proxy.fallSilent();
    const failures = await Promise.all(Array.from({ length: 6 }, () => failureOf(hasty.read('key'))));
    for (const failure of failures) {
      expect(failure.code).toBe('ETIMEDOUT');
      expect(failure.milliseconds).toBeLessThan(BOUND);
    }
    await expect.poll(() => proxy.connections, { timeout: 2 * BOUND }).toBe(0);
    await far.end();
  });

  it('fails each call of a Client and of postgres.js in bounded time', async () => {
    const client = new pg.Client(proxy.address);
    client.on('error', () => {});
    await client.connect();
    const { host, port, user, database } = proxy.address;
    const sql = postgres({ host, port, user, database, fetch_types: false, max: 1 });
    const stores = [client, sql].map((each) => postgresStore(each, { queryTimeout: SOON }));
    await Promise.all([client, sql].map((each) => postgresStore(each, { queryTimeout: BOUND }).ready()));
    await Promise.all(stores.map((each) => each.ready()));
    proxy.fallSilent();
    const calls = stores.flatMap((each) => [
      each.read('key'),
      each.read('key'),
      each.compareAndSet('key', 1, null),
    ]);
    for (const failure of await Promise.all(calls.map(failureOf))) {
      expect(failure.code).toBe('ETIMEDOUT');
      expect(failure.milliseconds).toBeLessThan(BOUND);
    }
    client.connection.stream.destroy();
    await sql.end({ timeout: 0 });
  });
});

describe('a server that is slow while a connection of postgres.js opens', () => {
  let proxy: TestProxy;
  beforeEach(async () => {
    proxy = await TestProxy.start(server.address);
  });
  afterEach(() => proxy.stop());

  it('fails the calls that wait, is not sent them later, and serves those that follow', async () => {
    const { host, port, user, database } = proxy.address;
    const sql = postgres({ host, port, user, database, fetch_types: false, max: 1, backoff: () => 0 });
    const hasty = postgresStore(sql, { queryTimeout: SOON });
    await postgresStore(sql, { queryTimeout: BOUND }).ready();
    await hasty.ready();
    proxy.cut();
    await expect.poll(() => proxy.connections).toBe(0);
    proxy.hold();
    // One of them opens the connection, and the others are queued behind it.
    const calls = [1, 2, 3].map(() => failureOf(hasty.compareAndSet('key', 1, makeRecord(2))));
    for (const failure of await Promise.all(calls)) expect(failure.code).toBe('ETIMEDOUT');
    proxy.release();
    const read = () => hasty.read('key').catch(() => undefined);
    await expect.poll(read, { timeout: BOUND }).toEqual(makeRecord(1));
    await sql.end();
  });

  it('ends no process if the connection breaks before it is open', async () => {
    const { host, port, user, database } = proxy.address;
    const sql = postgres({ host, port, user, database, fetch_types: false, max: 1, backoff: () => 0 });
    const store = postgresStore(sql, { queryTimeout: BOUND });
    proxy.hold();
    const calls = Promise.allSettled([store.ready()]);
    await expect.poll(() => proxy.connections).toBe(1);
    proxy.cut();
    proxy.release();
    await calls;
    await expect.poll(() => store.ready().catch(String), { timeout: BOUND }).toBeUndefined();
    await sql.end();
  });
});

describe('a hot standby', () => {
  it('is rejected for reads and writes, by a store that starts on it and by one whose connections moved to it', async () => {
    const standby = await server.startStandby();
    const there = new pg.Pool(standby.address);
    const refusing = postgresStore(there, { queryTimeout: BOUND });
    for (const call of [
      () => refusing.read('key'),
      () => refusing.compareAndSet('key', null, null),
      () => refusing.ready(),
    ]) {
      expect((await failureOf(call())).message).toContain('is a hot standby');
    }
    // A pool whose host name stands for the standby from now on.
    const moving = new pg.Pool({ ...server.address, max: 1 });
    const moved = postgresStore(moving, { queryTimeout: BOUND });
    expect(await moved.read('key')).toEqual(makeRecord(1));
    const connection = await moving.connect();
    moving.options.port = standby.address.port;
    connection.release(true);
    expect((await failureOf(moved.read('key'))).message).toContain('is a hot standby');
    expect((await failureOf(moved.read('absent'))).message).toContain('is a hot standby');
    expect((await failureOf(moved.compareAndSet('key', 7, makeRecord(8)))).code).toBe('25006');
    await Promise.all([there.end(), moving.end()]);
    await standby.stop();
  });
});

describe('a database whose transactions are serializable', () => {
  it('lets one of 64 writers win each version, and rejects none', async () => {
    const strict = new pg.Pool({
      ...server.address,
      max: 8,
      options: '-c default_transaction_isolation=serializable',
    });
    const strictStore = postgresStore(strict, { queryTimeout: 30_000 });
    // One conflict is certain: this writer waits for a row whose new version its snapshot does not have.
    const first = await pool.connect();
    await first.query('BEGIN; UPDATE coatcheck_sessions SET version = 1');
    const overtaken = strictStore.compareAndSet('key', 1, makeRecord(2));
    await untilWaiting();
    await first.query('COMMIT');
    first.release();
    expect(await overtaken).toBe(true);
    expect(server.log()).toContain('could not serialize access');
    for (let version = 2; version <= 5; version += 1) {
      const writers = Array.from({ length: 64 }, (_, at) =>
        strictStore.compareAndSet('key', version, makeRecord(version + 1, `by ${at}`)),
      );
      expect((await Promise.all(writers)).filter(Boolean)).toHaveLength(1);
    }
    const creators = Array.from({ length: 64 }, () => strictStore.compareAndSet('new', null, makeRecord(1)));
    expect((await Promise.all(creators)).filter(Boolean)).toHaveLength(1);
    await strict.end();
  });
});

describe('an error', () => {
  it('contains no key and no body, whatever the database says', async () => {
    await server.query(`
      CREATE FUNCTION gossip() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        RAISE EXCEPTION 'row % %', convert_from(NEW.key, 'UTF8'), convert_from(NEW.body, 'UTF8');
      END $$;
      CREATE TRIGGER gossip BEFORE UPDATE ON coatcheck_sessions FOR EACH ROW WHEN (NEW.version = 666) EXECUTE FUNCTION gossip()`);
    const { host, port, user, database } = server.address;
    const sql = postgres({ host, port, user, database, fetch_types: false, debug: true });
    for (const client of [pool, sql]) {
      const call = postgresStore(client, { queryTimeout: BOUND }).compareAndSet(
        'key',
        1,
        makeRecord(666, 'the body'),
      );
      const error = await call.catch((reason: unknown) => reason);
      expect(error).toMatchObject({ message: 'PostgreSQL reported SQLSTATE P0001', code: 'P0001' });
      expect(Object.keys(Object(error)).sort()).toEqual(['code', 'name']);
      expect(error).not.toHaveProperty('cause');
    }
    await sql.end();
    await server.query('DROP TRIGGER gossip ON coatcheck_sessions');
  });
});

/** Waits until a statement waits for a lock. */
async function untilWaiting(): Promise<void> {
  const isWaiting = async () =>
    (await server.query("SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'")).length;
  await expect.poll(isWaiting, { timeout: BOUND }).toBe(1);
}
