import { configError } from './errors.ts';

/** Names the table of a store. */
export interface PostgresTable {
  /**
   * Names the table: letters, digits and underscores, not starting with a digit, at most 50 characters. It is quoted, so it is case-sensitive.
   *
   * Default: `coatcheck_sessions`.
   */
  readonly table?: string;
  /** Names the schema of the table, which must exist. The same rules apply as for the table's name. Default: `public`. */
  readonly schema?: string;
}

// A name of PostgreSQL has 63 bytes; the index's is the table's with something behind it.
const IDENTIFIER = /^[a-z_][a-z0-9_]{0,49}$/i;

/**
 * Checks the names and fills in the defaults.
 *
 * @throws {SessionError} `ERR_CONFIG`, naming the wrong one.
 */
export function checkTable({
  table = 'coatcheck_sessions',
  schema = 'public',
}: PostgresTable): Required<PostgresTable> {
  const expected = 'letters, digits and underscores, the first no digit, at most 50';
  if (typeof table !== 'string' || !IDENTIFIER.test(table)) throw configError('table', table, expected);
  if (typeof schema !== 'string' || !IDENTIFIER.test(schema) || isReserved(schema.toLowerCase())) {
    throw configError('schema', schema, `${expected}, and none of PostgreSQL's own`);
  }
  return { table, schema };
}

function isReserved(schema: string): boolean {
  return schema.startsWith('pg_') || schema === 'information_schema';
}

/** Returns the quoted name of the table for a statement. */
export function quoteTable({ table, schema }: Required<PostgresTable>): string {
  return `"${schema}"."${table}"`;
}

/**
 * Returns the SQL that creates a store's table if it does not exist, for your migrations. Pass the same `table` and `schema` to the store, with
 * `createTable: false`.
 *
 * @example
 * ```ts
 * await pool.query(createTableSql({ schema: 'app' }));
 * ```
 *
 * @throws {SessionError} `ERR_CONFIG` if a name is not a valid identifier.
 */
export function createTableSql(options: PostgresTable = {}): string {
  const checked = checkTable(options);
  const name = quoteTable(checked);
  // The name of an index has a dot, so it can never be a store's table. No column that an ordinary write changes is indexed, and each page keeps
  // room, so PostgreSQL updates a row inside its page and leaves the indexes alone.
  return `CREATE TABLE IF NOT EXISTS ${name} (
  key bytea NOT NULL,
  version bigint NOT NULL,
  expires_at bigint NOT NULL,
  sweep_at bigint NOT NULL,
  body bytea NOT NULL,
  CONSTRAINT "${checked.table}.key" PRIMARY KEY (key)
) WITH (fillfactor = 80);
CREATE INDEX IF NOT EXISTS "${checked.table}.sweep_at" ON ${name} (sweep_at);
`;
}
