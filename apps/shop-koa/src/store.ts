import type { DatabaseSync } from 'node:sqlite';
import type { SessionStore } from '@coatcheck/koa';
import { redisStore } from '@coatcheck/redis';
import { sqliteStore } from '@coatcheck/sqlite';
import { createClient, createCluster } from 'redis';

/** A store, and a function that closes its connections. */
export interface OpenStore {
  readonly store: SessionStore;
  readonly close: () => Promise<void>;
}

/** Opens the store: in Redis for one URL, in a Redis cluster for several, or in SQLite for none. */
export async function openStore(urls: readonly string[], database: DatabaseSync): Promise<OpenStore> {
  const [url] = urls;
  if (url === undefined) {
    console.log('REDIS_URL is not set, so sessions are stored in SQLite.');
    return { store: sqliteStore(database), close: async () => database.close() };
  }
  // Without the offline queue, a request fails at once while Redis is unavailable instead of waiting for it.
  const client =
    urls.length > 1
      ? createCluster({
          rootNodes: urls.map((each) => ({ url: each })),
          defaults: { disableOfflineQueue: true },
        })
      : createClient({ url, disableOfflineQueue: true });
  client.on('error', logChanges());
  await client.connect();
  console.log(`Sessions are stored in ${urls.length > 1 ? 'a Redis cluster' : 'Redis'}.`);
  const close = async () => {
    await client.close();
    database.close();
  };
  return { store: redisStore(client), close };
}

/** Logs a Redis error only if it differs from the previous one, not at each attempt to connect. */
function logChanges(): (error: Error) => void {
  let last = '';
  return ({ message }) => {
    if (message !== last) console.error(`Redis: ${message}`);
    last = message;
  };
}
