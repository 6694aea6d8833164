import { createSessions, type Sessions, type SessionsOptions } from '@coatcheck/core';
import { postgresStore } from '@coatcheck/postgres';
import { redisStore } from '@coatcheck/redis';

export interface ShopData {
  cart: string[];
}

/** Where the sessions are. */
export interface Place {
  readonly kind: 'postgres' | 'redis';
  readonly port: number;
}

/** Opens the sessions of one process of the shop, and returns how it closes. */
export async function openSessions(
  { kind, port }: Place,
  onEvent?: SessionsOptions<ShopData>['onEvent'],
): Promise<{ sessions: Sessions<ShopData>; close(): Promise<unknown> }> {
  const options = { initial: () => ({ cart: [] }), broadcast: true, warnOnConsole: false, onEvent };
  if (kind === 'postgres') {
    const { Pool } = await import('pg');
    const address = { host: '127.0.0.1', port, user: 'coatcheck', database: 'postgres' };
    const pool = new Pool({ ...address, max: 5, connectionTimeoutMillis: 1000 });
    pool.on('error', () => {});
    return {
      sessions: createSessions<ShopData>({ store: postgresStore(pool), ...options }),
      close: () => pool.end(),
    };
  }
  const { createClient } = await import('redis');
  // By default node-redis waits up to 2 s between two attempts to connect.
  const client = createClient({ socket: { host: '127.0.0.1', port, reconnectStrategy: 200 } });
  client.on('error', () => {});
  await client.connect();
  return {
    sessions: createSessions<ShopData>({ store: redisStore(client), ...options }),
    close: () => client.close(),
  };
}
