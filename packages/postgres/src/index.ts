export type {
  PgClient,
  PgliteClient,
  PgPool,
  PgPoolClient,
  PgQuery,
  PgRows,
  PostgresJsClient,
  PostgresJsQuery,
  PostgresStoreClient,
  PostgresValue,
} from './clients/clients.ts';
export type { PostgresStoreOptions } from './options.ts';
export { type PostgresStore, postgresStore } from './postgres-store.ts';
export { createTableSql, type PostgresTable } from './table.ts';
