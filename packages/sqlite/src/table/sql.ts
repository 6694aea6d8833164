/** The SQL of a store, by what it does. */
export interface StatementTexts {
  readonly read: string;
  readonly create: string;
  /** Replaces a record whose deadline stays or is extended. `sweep_at` then stays too, so no index is written. */
  readonly replace: string;
  /** Replaces a record whose new deadline is before `sweep_at`. */
  readonly replaceSooner: string;
  readonly delete: string;
  /** Removes the expired records among those due for sweeping. */
  readonly sweep: string;
  /** Postpones the due records whose deadlines have been extended. */
  readonly postpone: string;
  readonly clear: string;
}

/** Returns the statements for a table. `asBytes` reads bodies as bytes, for a driver that cuts strings off at the first NUL. */
export function statementsOf(table: string, asBytes: boolean): StatementTexts {
  const name = `main."${table}"`;
  const body = asBytes ? 'CAST(body AS BLOB) AS body' : 'body';
  const isDue = `rowid IN (SELECT rowid FROM ${name} WHERE sweep_at <= ? ORDER BY sweep_at LIMIT ?)`;
  return {
    read: `SELECT version, expires_at AS expiresAt, ${body} FROM ${name} WHERE key = ?`,
    create: `INSERT INTO ${name} (key, version, expires_at, sweep_at, body) VALUES (?, ?, ?, ?, ?) ON CONFLICT (key) DO NOTHING`,
    replace: `UPDATE ${name} SET version = ?, expires_at = ?, body = ? WHERE key = ? AND version = ? AND sweep_at <= ?`,
    replaceSooner: `UPDATE ${name} SET version = ?, expires_at = ?, sweep_at = ?, body = ? WHERE key = ? AND version = ?`,
    delete: `DELETE FROM ${name} WHERE key = ? AND version = ?`,
    sweep: `DELETE FROM ${name} WHERE ${isDue} AND expires_at <= ?`,
    postpone: `UPDATE ${name} SET sweep_at = expires_at WHERE ${isDue} AND expires_at > ?`,
    clear: `DELETE FROM ${name}`,
  };
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Decodes a body that was read as bytes. */
export function decodeBytes(body: ArrayBuffer | Uint8Array): string {
  return decoder.decode(body);
}
