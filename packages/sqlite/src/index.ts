export type { SqliteConnection, SqliteStatement, SqliteValue } from './connection/connection.ts';
export type { SqliteStoreOptions } from './options.ts';
export { sqliteStore } from './sqlite-store.ts';
export type { SqliteStore } from './table/table-store.ts';
