import { expect, it } from 'vitest';
import { postgresStore } from '../postgres-store.ts';
import type { PgPool } from './clients.ts';

/** What the server says of the table of the store. */
const COLUMNS =
  'body bytea NOT NULL, expires_at bigint NOT NULL, key bytea NOT NULL, sweep_at bigint NOT NULL, version bigint NOT NULL';
const TABLE = ['false', 'r', 'p', COLUMNS, null, 'true', 'true'];

/** A pool whose first writes fail. Tells for each statement whether its connection was closed. */
function poolThatFails(
  times: number,
  failure: object,
): { readonly pool: PgPool; readonly closed: boolean[] } {
  const closed: boolean[] = [];
  let failures = 0;
  const client = {
    query: async ({ text }: { readonly text: string }) => {
      if (text.includes('pg_attribute')) return { rows: [TABLE] };
      if (failures === times) return { rows: [[1]] };
      failures += 1;
      throw Object.assign(new Error('failed'), failure);
    },
    release: (isClosed: boolean) => closed.push(isClosed),
    connect: async () => {},
    end: async () => {},
    on: () => {},
    removeListener: () => {},
    escapeIdentifier: (name: string) => name,
  };
  const pool: PgPool = Object.assign(client, { connect: async () => client, totalCount: 1 });
  return { pool, closed };
}

it.each([
  ['a rolled back statement', { code: '40001', severity: 'ERROR' }, false],
  ['one on a server that speaks German', { code: '40001', severity: 'FEHLER' }, false],
  ['a shutdown', { code: '57P01', severity: 'FATAL' }, true],
  ['the timeout of a transaction', { code: '25P04', severity: 'FATAL' }, true],
  ['a failure of the client', { code: 'ECONNRESET' }, true],
])('after %s the connection is closed only if it ended', async (_name, failure, isClosed) => {
  const { pool, closed } = poolThatFails(1, failure);
  const store = postgresStore(pool, { createTable: false });
  await store.compareAndSet('key', 1, { version: 2, expiresAt: 1, body: '' }).catch(() => {});
  expect(closed).toContain(false);
  expect(closed.includes(true)).toBe(isClosed);
});
