declare module 'better-sqlite3-session-store' {
  import type { Database } from 'better-sqlite3';
  import type { Store } from 'express-session';

  interface Options {
    readonly client: Database;
    readonly expired?: { readonly clear: boolean; readonly intervalMs: number };
  }

  const storeOf: (session: { readonly Store: typeof Store }) => new (options: Options) => Store;
  export = storeOf;
}
