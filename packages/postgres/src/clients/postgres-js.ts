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
    // Removes the statement from the queue. A statement that was sent is left alone, because a cancel request may arrive late and end another one.
    if ('state' in query && query.state === null) query.cancel();
  });
  try {
    const rows: unknown = await query.values();
    return Array.isArray(rows) ? rows.map((row: unknown) => (Array.isArray(row) ? row : [])) : [];
  } finally {
    call.whenOver(undefined);
  }
}
