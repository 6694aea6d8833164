import type { DatabaseSync } from 'node:sqlite';
import type { SessionStore } from '@coatcheck/koa';
import { redisStore } from '@coatcheck/redis';
import { sqliteStore } from '@coatcheck/sqlite';
import { createClient, createCluster } from 'redis';

/** A store, and what is to be closed after the last answer. */
export interface OpenStore {
  readonly store: SessionStore;
  readonly close: () => Promise<void>;
}

/** Opens the store: on one Redis server, on a cluster where several addresses are given, in SQLite where there is none. */
export async function openStore(urls: readonly string[], database: DatabaseSync): Promise<OpenStore> {
  const [url] = urls;
  if (url === undefined) {
    console.log('REDIS_URL is not set, so the sessions are kept in SQLite.');
    return { store: sqliteStore(database), close: async () => database.close() };
  }
  // Without queueing: while Redis is away a request fails at once, and does not wait for it.
  const client =
    urls.length > 1
      ? createCluster({
          rootNodes: urls.map((each) => ({ url: each })),
          defaults: { disableOfflineQueue: true },
        })
      : createClient({ url, disableOfflineQueue: true });
  client.on('error', sayOnce());
  await client.connect();
  console.log(`The sessions are kept in Redis${urls.length > 1 ? ', in a cluster' : ''}.`);
  const close = async () => {
    await client.close();
    database.close();
  };
  return { store: redisStore(client), close };
}

/** Says what is wrong with Redis when it changes, and not with each attempt to connect. */
function sayOnce(): (error: Error) => void {
  let last = '';
  return ({ message }) => {
    if (message !== last) console.error(`Redis: ${message}`);
    last = message;
  };
}
