import type { PgliteClient } from './clients.ts';
import type { Driver } from './driver.ts';
import { listenByPglite } from './listen.ts';

/** Drives PGlite. It runs one statement at a time, and none within another transaction. */
export function pglite(client: PgliteClient): Driver {
  return {
    async run({ text }, values) {
      const { rows } = await client.query(text, [...values], { rowMode: 'array' });
      return rows.map((row) => (Array.isArray(row) ? row : []));
    },
    async runScript(text) {
      await client.exec(text);
    },
    listen: (channel, listener) => listenByPglite(client, channel, listener),
  };
}
