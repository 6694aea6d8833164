import type { DatabaseSync } from 'node:sqlite';
import type { SessionStore } from '@coatcheck/core';
import type { Database } from 'better-sqlite3';
import { expectTypeOf, it } from 'vitest';
import type { SqliteStore, sqliteStore } from '../../src/index.ts';

it('takes a path and the connections of the drivers as they are', () => {
  type Given = Parameters<typeof sqliteStore>[0];
  expectTypeOf<string>().toExtend<Given>();
  expectTypeOf<DatabaseSync>().toExtend<Given>();
  expectTypeOf<Database>().toExtend<Given>();
  expectTypeOf<Promise<DatabaseSync>>().not.toExtend<Given>();
  expectTypeOf<URL>().not.toExtend<Given>();
});

it('is a session store that answers with plain values', () => {
  expectTypeOf<SqliteStore>().toExtend<SessionStore>();
  expectTypeOf<ReturnType<SqliteStore['compareAndSet']>>().toEqualTypeOf<boolean>();
});
