import { join } from 'node:path';
import { memoryStore, type SessionStore } from '@coatcheck/core';
import session from '@coatcheck/express-session';
import { redisStore } from '@coatcheck/redis';
import { sqliteStore } from '@coatcheck/sqlite';
import { createClient } from 'redis';
import { IDLE_MS, SECRET, type Side, type SideSetting } from '../side.ts';
import { expressSide } from './express.ts';
import { use } from './express-session.ts';

export function withMemory(setting: SideSetting): Side {
  return build(setting, memoryStore());
}

export function withSqlite(setting: SideSetting): Side {
  return build(setting, sqliteStore(join(setting.directory, 'coatcheck-express-session.db')));
}

export async function withRedis(setting: SideSetting): Promise<Side> {
  const client = createClient({ url: setting.redisUrl });
  await client.connect();
  return build(setting, redisStore(client));
}

/** Sets it up, and uses it, as express-session beside it: only the import differs. */
function build(setting: SideSetting, store: SessionStore): Side {
  setting.count(store, ['read', 'compareAndSet']);
  const middleware = session({
    store,
    secret: SECRET,
    resave: false,
    saveUninitialized: false,
    cookie: { secure: true, sameSite: 'lax', maxAge: IDLE_MS },
    userId: ({ userId }) => (typeof userId === 'string' ? userId : undefined),
    now: () => setting.now(),
  });
  return { ...expressSide(use, middleware), sweep: () => middleware.sessions.sweep() };
}
