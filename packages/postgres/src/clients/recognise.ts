import { configError } from '../errors.ts';
import type { PgClient, PgliteClient, PgPool, PostgresJsClient, PostgresStoreClient } from './clients.ts';
import type { Driver } from './driver.ts';
import { pgClient, pgPool } from './pg.ts';
import { pglite } from './pglite.ts';
import { postgresJs } from './postgres-js.ts';

/** Recognises the kind of a client by its members, and returns its driver. `subject` names where the client was passed. */
export function recogniseClient(
  client: PostgresStoreClient,
  queryTimeout: number,
  subject: string = 'The first argument of postgresStore',
): Driver {
  if (isPostgresJsTransaction(client)) {
    const expected =
      'the function that postgres() returns, not the one of a transaction or of a reserved connection';
    throw configError(subject, client, expected);
  }
  if (isPostgresJs(client)) {
    if (fetchesTypes(client)) throw configError(subject, client, WITHOUT_TYPES);
    return postgresJs(client);
  }
  if (isPglite(client)) return pglite(client);
  if (isPgPool(client)) return pgPool(client, queryTimeout);
  if (isPgClient(client)) return pgClient(client);
  const expected =
    'a Pool or a Client of pg, the function that postgres() of postgres.js returns, or a PGlite';
  // A connection string may contain a password.
  const shown = typeof client === 'string' ? 'a string' : undefined;
  throw configError(subject, client, expected, shown);
}

const WITHOUT_TYPES =
  'made by postgres(url, { fetch_types: false }), since by default a connection that breaks while postgres.js opens it ends the process (porsager/postgres issue 1192)';

/** Tells whether postgres.js asks for the types of arrays when it opens a connection. If that fails, it rejects a promise that nobody can handle. */
function fetchesTypes(client: object): boolean {
  const { options }: { options?: unknown } = Object(client);
  const { fetch_types: fetched }: { fetch_types?: unknown } = Object(options);
  return fetched === true;
}

function isPostgresJs(client: unknown): client is PostgresJsClient {
  return typeof client === 'function' && hasMethods(client, ['unsafe', 'begin']);
}

function isPostgresJsTransaction(client: unknown): boolean {
  if (typeof client !== 'function' || !hasMethods(client, ['unsafe'])) return false;
  return hasMethods(client, ['savepoint']) || hasMethods(client, ['release']);
}

function isPglite(client: unknown): client is PgliteClient {
  return hasMethods(client, ['query', 'exec', 'transaction']) && 'waitReady' in Object(client);
}

function isPgPool(client: unknown): client is PgPool {
  return hasMethods(client, ['query', 'connect', 'end']) && 'totalCount' in Object(client);
}

function isPgClient(client: unknown): client is PgClient {
  // So that a class, a promise, or another library's client with a `query` method is an error.
  return hasMethods(client, ['query', 'connect', 'end', 'escapeIdentifier']);
}

function hasMethods(value: unknown, names: readonly string[]): boolean {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return false;
  const properties: { readonly [name: string]: unknown } = Object(value);
  return names.every((name) => typeof properties[name] === 'function');
}
