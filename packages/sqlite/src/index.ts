export type { SqliteConnection, SqliteStatement, SqliteValue } from './connection.ts';
export type { SqliteStoreOptions } from './options.ts';
export { type SqliteStore, sqliteStore } from './sqlite-store.ts';
