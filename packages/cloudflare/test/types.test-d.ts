import { createSessions, type SessionStore } from '@coatcheck/core';
import { describe, expectTypeOf, it } from 'vitest';
import {
  type D1Binding,
  d1Store,
  durableObjectStore,
  type ObjectNamespace,
  type SessionObject,
} from '../src/index.ts';

/** As `@cloudflare/workers-types` declares them, with what the stores use. */
declare abstract class D1PreparedStatement {
  bind(...values: unknown[]): D1PreparedStatement;
  first<T = unknown>(colName: string): Promise<T | null>;
  run<T = Record<string, unknown>>(): Promise<{ results: T[]; success: true; meta: { changes: number } }>;
  raw<T = unknown[]>(): Promise<T[]>;
}
declare abstract class D1Database {
  prepare(query: string): D1PreparedStatement;
  batch<T = unknown>(
    statements: D1PreparedStatement[],
  ): Promise<{ results: T[]; meta: { changes: number } }[]>;
}
declare namespace Rpc {
  const __DURABLE_OBJECT_BRAND: '__DURABLE_OBJECT_BRAND';
  interface DurableObjectBranded {
    [__DURABLE_OBJECT_BRAND]: never;
  }
}
interface DurableObjectId {
  toString(): string;
}
declare abstract class DurableObjectNamespace<T extends Rpc.DurableObjectBranded | undefined = undefined> {
  protected readonly objects: T;
  idFromName(name: string): DurableObjectId;
  get(
    id: DurableObjectId,
    options?: { locationHint?: string },
  ): {
    fetch(input: Request | string | URL, init?: RequestInit): Promise<Response>;
  };
}

describe('the stores', () => {
  it('accept the bindings of the platform', () => {
    const env = {} as { DB: D1Database; SESSIONS: DurableObjectNamespace };
    expectTypeOf(d1Store(env.DB)).toEqualTypeOf<SessionStore>();
    expectTypeOf(durableObjectStore(env.SESSIONS)).toEqualTypeOf<SessionStore>();
    createSessions({ store: d1Store(env.DB, { table: 'app_sessions' }) });
    // @ts-expect-error a namespace is no database
    d1Store(env.SESSIONS);
    // @ts-expect-error a database is no namespace
    durableObjectStore(env.DB);
    // @ts-expect-error there is no such option
    d1Store(env.DB, { tabel: 'x' });
    expectTypeOf<D1Database>().toExtend<D1Binding>();
    // As `wrangler types` writes it.
    expectTypeOf<DurableObjectNamespace<SessionObject>>().toExtend<ObjectNamespace<DurableObjectId>>();
    expectTypeOf<DurableObjectNamespace>().toExtend<ObjectNamespace<DurableObjectId>>();
  });
});
