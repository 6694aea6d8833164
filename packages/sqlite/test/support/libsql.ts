import { TOKEN } from '@coatcheck/runtimes/faulty-server';
import type { Client } from '@libsql/client';
import { createClient as createFileClient } from '@libsql/client/sqlite3';
import { createClient as createWebClient } from '@libsql/client/web';
import { type LibsqlStore, libsqlStore } from '../../src/libsql/index.ts';

/** Creates a client as apps do: of a file, or of a server over HTTP. */
export function libsqlAt(url: string): Client {
  return url.startsWith('file:')
    ? createFileClient({ url, timeout: 1000 })
    : createWebClient({ url, authToken: TOKEN, concurrency: 100 });
}

/** Opens a store in another process. The argument is the JSON of the URL and the table. */
export function openStore(argument: string): LibsqlStore {
  const [url, table]: [string, string] = JSON.parse(argument);
  return libsqlStore(libsqlAt(url), { table });
}
