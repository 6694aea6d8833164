import type { PostgresStoreClient } from '../../src/clients/clients.ts';
import type { Address } from './server.ts';

/** A client for tests, and how it is closed. */
export interface OpenClient {
  readonly client: PostgresStoreClient;
  close(): Promise<void>;
}

/** Makes a client of the server at an address, with so many connections at most. */
type ClientMaker = (address: Address, max: number) => Promise<OpenClient>;

/** Makes clients by their names. Each library is loaded only where it is asked for. */
const CLIENTS: Readonly<Record<string, ClientMaker>> = {
  'pg Pool': async (address, max) => {
    const { default: pg } = await import('pg');
    const pool = new pg.Pool({ ...address, max });
    pool.on('error', () => {});
    return { client: pool, close: () => pool.end() };
  },
  'pg Client': async (address) => {
    const { default: pg } = await import('pg');
    const client = new pg.Client(address);
    client.on('error', () => {});
    await client.connect();
    return { client, close: () => client.end() };
  },
  'postgres.js': (address, max) => openPostgresJs(address, max, true),
  'postgres.js with prepare: false': (address, max) => openPostgresJs(address, max, false),
};

async function openPostgresJs(
  { host, port, user, database }: Address,
  max: number,
  prepare: boolean,
): Promise<OpenClient> {
  const { default: postgres } = await import('postgres');
  const sql = postgres({ host, port, user, database, fetch_types: false, prepare, max });
  return { client: sql, close: () => sql.end({ timeout: 1 }) };
}

/** Makes a client by its name. */
export function makeClient(kind: string, address: Address, max = 10): Promise<OpenClient> {
  const make = CLIENTS[kind];
  if (make === undefined) throw new Error(`There is no client called ${kind}`);
  return make(address, max);
}
