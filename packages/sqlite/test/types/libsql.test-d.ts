import type { SessionStore } from '@coatcheck/core';
import type { Client } from '@libsql/client';
import type { Client as WebClient } from '@libsql/client/web';
import type { Database } from 'better-sqlite3';
import { expectTypeOf, it } from 'vitest';
import type { LibsqlClient, LibsqlStore } from '../../src/libsql/index.ts';

it('accepts the unchanged clients of @libsql/client, and no connection of another driver', () => {
  expectTypeOf<Client>().toExtend<LibsqlClient>();
  expectTypeOf<WebClient>().toExtend<LibsqlClient>();
  expectTypeOf<Database>().not.toExtend<LibsqlClient>();
  expectTypeOf<string>().not.toExtend<LibsqlClient>();
});

it('is a session store', () => {
  expectTypeOf<LibsqlStore>().toExtend<SessionStore>();
});
