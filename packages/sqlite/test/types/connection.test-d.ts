import type { DatabaseSync } from 'node:sqlite';
import type { SessionStore } from '@coatcheck/core';
import type { Database } from 'better-sqlite3';
import { expectTypeOf, it } from 'vitest';
import type { SqliteStore, sqliteStore } from '../../src/index.ts';

it('accepts a path and the unchanged connections of the drivers', () => {
  type Given = Parameters<typeof sqliteStore>[0];
  expectTypeOf<string>().toExtend<Given>();
  expectTypeOf<DatabaseSync>().toExtend<Given>();
  expectTypeOf<Database>().toExtend<Given>();
  expectTypeOf<Promise<DatabaseSync>>().not.toExtend<Given>();
  expectTypeOf<URL>().not.toExtend<Given>();
});

it('is a session store that returns plain values', () => {
  expectTypeOf<SqliteStore>().toExtend<SessionStore>();
  expectTypeOf<ReturnType<SqliteStore['compareAndSet']>>().toEqualTypeOf<boolean>();
});
