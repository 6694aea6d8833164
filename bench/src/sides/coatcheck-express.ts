import { join } from 'node:path';
import { memoryStore, type SessionStore } from '@coatcheck/core';
import { session } from '@coatcheck/express';
import { postgresStore } from '@coatcheck/postgres';
import { redisStore } from '@coatcheck/redis';
import { sqliteStore } from '@coatcheck/sqlite';
import pg from 'pg';
import { createClient } from 'redis';
import type { ShopData } from '../shop-data.ts';
import { SECRET, type Side, type SideSetting } from '../side.ts';
import { NAME, shopSessions, useOf, withSweep } from './coatcheck.ts';
import { expressSide } from './express.ts';

declare module '@coatcheck/express' {
  interface Register {
    [NAME]: ShopData;
  }
}

export function withMemory(setting: SideSetting): Side {
  return build(setting, memoryStore());
}

export function withSecrets(setting: SideSetting): Side {
  return build(setting, memoryStore(), { secrets: [SECRET] });
}

export function withSqlite(setting: SideSetting): Side {
  return build(setting, sqliteStore(join(setting.directory, 'coatcheck.db')));
}

export async function withRedis(setting: SideSetting): Promise<Side> {
  const client = createClient({ url: setting.redisUrl });
  await client.connect();
  return build(setting, redisStore(client));
}

export function withPostgres(setting: SideSetting): Side {
  return build(setting, postgresStore(new pg.Pool({ connectionString: setting.postgresUrl })));
}

function build(setting: SideSetting, store: SessionStore, options?: { secrets: readonly string[] }): Side {
  const sessions = shopSessions(setting, store, options);
  const side = expressSide(
    useOf((req) => req[NAME]),
    session(sessions, { as: NAME }),
  );
  return withSweep(side, sessions);
}
