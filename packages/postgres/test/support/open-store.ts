import type { PostgresStoreOptions } from '../../src/options.ts';
import { type PostgresStore, postgresStore } from '../../src/postgres-store.ts';
import { makeClient } from './clients.ts';
import type { Address } from './server.ts';

/** Opens a store in another process. */
export async function openStore(argument: string): Promise<PostgresStore> {
  const [kind, address, options]: [string, Address, PostgresStoreOptions] = JSON.parse(argument);
  const { client } = await makeClient(kind, address);
  return postgresStore(client, options);
}
