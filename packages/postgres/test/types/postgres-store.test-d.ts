import type { SessionStore } from '@coatcheck/core';
import type { PGlite } from '@electric-sql/pglite';
import type { Client, Pool, PoolClient } from 'pg';
import type { Sql } from 'postgres';
import { describe, expectTypeOf, it } from 'vitest';
import type { PostgresStore, PostgresStoreClient } from '../../src/index.ts';

describe('postgresStore', () => {
  it('takes the clients as they are', () => {
    expectTypeOf<Pool>().toExtend<PostgresStoreClient>();
    expectTypeOf<Client>().toExtend<PostgresStoreClient>();
    expectTypeOf<PoolClient>().toExtend<PostgresStoreClient>();
    expectTypeOf<Sql>().toExtend<PostgresStoreClient>();
    expectTypeOf<Sql<{ bigint: bigint }>>().toExtend<PostgresStoreClient>();
    expectTypeOf<PGlite>().toExtend<PostgresStoreClient>();
  });

  it('takes nothing else', () => {
    expectTypeOf<string>().not.toExtend<PostgresStoreClient>();
    expectTypeOf<Promise<Client>>().not.toExtend<PostgresStoreClient>();
    expectTypeOf<{ connectionString: string }>().not.toExtend<PostgresStoreClient>();
  });

  it('returns a session store that responds with promises', () => {
    expectTypeOf<PostgresStore>().toExtend<SessionStore>();
    expectTypeOf<ReturnType<PostgresStore['compareAndSet']>>().toEqualTypeOf<Promise<boolean>>();
  });
});
