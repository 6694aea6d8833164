import { configError } from './errors.ts';

/** Names the table of a store. */
export interface PostgresTable {
  /**
   * The table's name: letters, digits and underscores, the first no digit, at most 50. It is quoted, so capitals count. `coatcheck_sessions`
   * by default.
   */
  readonly table?: string;
  /** The schema that the table is in, which must exist; named as the table is. `public` by default. */
  readonly schema?: string;
}

// A name of PostgreSQL has 63 bytes; the index's is the table's with something behind it.
const IDENTIFIER = /^[a-z_][a-z0-9_]{0,49}$/i;

/** Checks the names and fills in the defaults; `ERR_CONFIG` says which one is wrong. */
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

/** Writes the table's name for a statement. */
export function quoteTable({ table, schema }: Required<PostgresTable>): string {
  return `"${schema}"."${table}"`;
}

/**
 * Returns the SQL that creates a store's table where it is not there, for your migrations. Give it the `table` and `schema` of the store, which
 * is then opened with `createTable: false`.
 *
 * @example
 * await pool.query(createTableSql({ schema: 'app' }));
 *
 * @throws `ERR_CONFIG` for a name that is not an identifier.
 */
export function createTableSql(options: PostgresTable = {}): string {
  const checked = checkTable(options);
  const name = quoteTable(checked);
  // A name with a dot in it can be no store's table. Nothing that an ordinary write changes is indexed, and each page keeps room: so
  // PostgreSQL updates a row inside its page and leaves the indexes alone.
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
