export type { LibsqlClient, LibsqlResult, LibsqlStatement } from './client.ts';
export { type LibsqlStore, type LibsqlStoreOptions, libsqlStore } from './libsql-store.ts';
