import type { PostgresJsClient, PostgresJsQuery } from './clients.ts';
import type { Driver, Row } from './driver.ts';
import { listenByPostgresJs } from './listen.ts';
import type { Call } from './time-limit.ts';

/**
 * Drives postgres.js. Statements are prepared unless its own option `prepare` is false, which it needs behind a pooler that does not support them: otherwise
 * it reports no error there and never responds.
 */
export function postgresJs(sql: PostgresJsClient): Driver {
  return {
    run({ text, name }, values, call) {
      return rowsOf(sql.unsafe(text, [...values], { prepare: name !== undefined }), call);
    },
    async runScript(text, call) {
      await rowsOf(sql.unsafe(text), call);
    },
    listen: (channel, listener) => listenByPostgresJs(sql, channel, listener),
  };
}

async function rowsOf(query: PostgresJsQuery, call: Call): Promise<readonly Row[]> {
  call.whenOver(() => {
    // A statement that was sent is left alone, because a cancel request may arrive late and end another one.
    if ('state' in query && query.state === null) withdraw(query);
  });
  try {
    const rows: unknown = await query.values();
    return Array.isArray(rows) ? rows.map((row: unknown) => (Array.isArray(row) ? row : [])) : [];
  } finally {
    call.whenOver(undefined);
  }
}

/**
 * Rejects a statement that was not sent, and removes it from the queue. If it is the one that a connection is opening for, the connection sends a harmless one
 * in its place: postgres.js 3.4 never uses a connection again whose first statement was cancelled.
 */
function withdraw(query: PostgresJsQuery): void {
  query.cancel();
  Object.assign(query, { cancelled: null, strings: ['SELECT 1'], args: [] });
}
