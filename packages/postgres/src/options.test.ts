import pg from 'pg';
import postgres from 'postgres';
import { afterAll, describe, expect, it } from 'vitest';
import {
  createTableSql,
  type PostgresStoreClient,
  type PostgresStoreOptions,
  postgresStore,
} from './index.ts';

const pool = new pg.Pool();
const sql = postgres({ fetch_types: false });
afterAll(() => Promise.all([pool.end(), sql.end()]));

/** Passes what TypeScript would not. */
const given = <T>(value: unknown): T => value as T;

describe('postgresStore takes', () => {
  it.each<[string, PostgresStoreClient]>([
    ['a Pool of pg', pool],
    ['a Client of pg', new pg.Client()],
    ['postgres.js', sql],
  ])('%s, and sends nothing yet', (_, client) => {
    expect(postgresStore(client)).toMatchObject({ read: expect.any(Function) });
  });

  it.each([
    [{ table: 'Sessions_2', schema: 'app' }],
    [{ createTable: false }],
    [{ queryTimeout: 1 }],
    [{ synchronousCommit: 'off' as const }],
    [{ table: undefined }],
  ])('the options %o', (options) => {
    expect(() => postgresStore(pool, given(options))).not.toThrow();
  });
});

it('a Client of pg that was never connected is ERR_CONFIG at the first call, which says to connect it', async () => {
  const store = postgresStore(new pg.Client());
  const calls: (() => Promise<unknown>)[] = [
    async () => store.read('a'),
    async () => store.compareAndSet('a', null, null),
  ];
  for (const call of calls) {
    await expect(call()).rejects.toMatchObject({
      code: 'ERR_CONFIG',
      message: expect.stringContaining('await client.connect()'),
    });
  }
});

describe('postgresStore throws ERR_CONFIG, and says what to write', () => {
  it.each<[unknown, string]>([
    [undefined, 'received undefined'],
    ['postgres://user:password@localhost', 'received a string'],
    ['user:password@localhost', 'received a string'],
    [pg.Pool, 'received a function'],
    [Promise.resolve(pool), 'received an object'],
    [{ query: async () => ({ rows: [] }) }, 'received an object'],
  ])('for a client such as %s', (client, received) => {
    const expected =
      'a Pool or a Client of pg, the function that postgres() of postgres.js returns, or a PGlite';
    expect(() => postgresStore(given(client))).toThrow(
      expect.objectContaining({
        code: 'ERR_CONFIG',
        message: `The first argument of postgresStore must be ${expected}; ${received}.`,
      }),
    );
  });

  it('for a listenClient that is none, without its password', () => {
    for (const listenClient of [null, 'postgres://user:password@localhost']) {
      expect(() => postgresStore(pool, { listenClient: given(listenClient) })).toThrow(
        expect.objectContaining({
          code: 'ERR_CONFIG',
          message: expect.stringMatching(/^listenClient must be .*; received (null|a string)\.$/),
        }),
      );
    }
  });

  it('for a postgres.js that ends the process if a connection breaks while it opens', () => {
    expect(() => postgresStore(postgres())).toThrow(
      expect.objectContaining({
        code: 'ERR_CONFIG',
        message: expect.stringContaining('made by postgres(url, { fetch_types: false })'),
      }),
    );
  });

  it('for the function of a transaction of postgres.js', () => {
    const transaction = Object.assign(() => {}, { unsafe() {}, begin() {}, savepoint() {} });
    expect(() => postgresStore(given(transaction))).toThrow('not the one of a transaction');
  });

  it.each<[PostgresStoreOptions, string]>([
    [
      given(null),
      'The second argument of postgresStore must be an object of options, or nothing; received null.',
    ],
    [
      given({ tabel: 'x' }),
      "one of table, schema, createTable, queryTimeout, synchronousCommit, listenClient; received 'tabel'.",
    ],
    [
      { table: '' },
      "table must be letters, digits and underscores, the first no digit, at most 50; received ''.",
    ],
    [{ table: 'a"; DROP TABLE users; --' }, `received 'a"; DROP TABLE users; --'.`],
    [{ table: 'app.sessions' }, "received 'app.sessions'."],
    [{ table: '1st' }, "received '1st'."],
    [{ table: 'sessions\n' }, 'table must be letters'],
    [{ table: 's\u00E9ances' }, "received 's\u00E9ances'."],
    [{ table: 'x'.repeat(51) }, 'at most 50; received'],
    [{ schema: 'pg_temp' }, "and none of PostgreSQL's own; received 'pg_temp'."],
    [{ schema: 'INFORMATION_SCHEMA' }, "received 'INFORMATION_SCHEMA'."],
    [{ schema: 'app.x' }, 'schema must be letters'],
    [{ createTable: given('no') }, "createTable must be true or false; received 'no'."],
    [
      { queryTimeout: 0 },
      'queryTimeout must be a whole number of milliseconds from 1 to 1073741823; received 0.',
    ],
    [{ queryTimeout: 1.5 }, 'received 1.5.'],
    [{ queryTimeout: given('2s') }, "received '2s'."],
    [
      { synchronousCommit: given(true) },
      "one of 'off', 'local', 'remote_write', 'on', 'remote_apply'; received true.",
    ],
  ])('for the options %o', (options, message) => {
    expect(() => postgresStore(pool, options)).toThrow(
      expect.objectContaining({ code: 'ERR_CONFIG', message: expect.stringContaining(message) }),
    );
  });
});

describe('createTableSql', () => {
  it('quotes the names', () => {
    const text = createTableSql({ table: 'select', schema: 'App' });
    expect(text).toContain('CREATE TABLE IF NOT EXISTS "App"."select" (');
    expect(text).toContain('ON "App"."select" (sweep_at);');
  });

  it('throws for a name that is not an identifier', () => {
    expect(() => createTableSql({ table: 'a b' })).toThrow(expect.objectContaining({ code: 'ERR_CONFIG' }));
  });
});
