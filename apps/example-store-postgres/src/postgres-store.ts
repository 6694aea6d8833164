import { SessionError, type SessionStore } from '@coatcheck/core';

/** What the store asks of a client: a Pool of `pg` has it, and so has PGlite. */
export interface PostgresClient {
  query<Row extends object>(sql: string, values: unknown[]): Promise<{ rows: Row[] }>;
}

/** Gives the SQL that makes a store's table. Run it with your migrations. */
export function sessionTable(name = 'sessions'): string {
  return `
    CREATE TABLE ${checked(name)} (
      key bytea PRIMARY KEY,
      version bigint NOT NULL,
      expires_at bigint NOT NULL,
      body bytea NOT NULL
    );
    CREATE INDEX ON ${name} (expires_at);
  `;
}

/** Keeps records in a table of PostgreSQL. The client stays yours to close. */
export function postgresStore(client: PostgresClient, table = 'sessions'): SessionStore {
  const name = checked(table);
  const rowsOf = async (sql: string, ...values: unknown[]) => (await client.query<Row>(sql, values)).rows;
  return {
    async read(key) {
      const [row] = await rowsOf(`SELECT version, expires_at, body FROM ${name} WHERE key = $1`, bytes(key));
      if (row === undefined) return undefined;
      // A bigint comes as a number, as a string or as a BigInt, by the client and by its size.
      const { version, expires_at: expiresAt, body } = row;
      return { version: Number(version), expiresAt: Number(expiresAt), body: Buffer.from(body).toString() };
    },

    async compareAndSet(key, expected, next) {
      if (next === null) {
        if (expected === null) return (await this.read(key)) === undefined;
        const deletion = `DELETE FROM ${name} WHERE key = $1 AND version = $2 RETURNING version`;
        return (await rowsOf(deletion, bytes(key), expected)).length === 1;
      }
      const values = [bytes(key), next.version, next.expiresAt, bytes(next.body)];
      if (expected === null) {
        const creation = `INSERT INTO ${name} (key, version, expires_at, body) VALUES ($1, $2, $3, $4)
          ON CONFLICT (key) DO NOTHING RETURNING version`;
        return (await rowsOf(creation, ...values)).length === 1;
      }
      const replacement = `UPDATE ${name} SET version = $2, expires_at = $3, body = $4
        WHERE key = $1 AND version = $5 RETURNING version`;
      return (await rowsOf(replacement, ...values, expected)).length === 1;
    },

    async sweep(now, limit) {
      const deletion = `DELETE FROM ${name} WHERE key = ANY (ARRAY (
        SELECT key FROM ${name} WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED
      )) RETURNING version`;
      return (await rowsOf(deletion, now, limit)).length;
    },

    async clear() {
      await rowsOf(`DELETE FROM ${name}`);
    },
  };
}

interface Row {
  readonly version: number | string | bigint;
  readonly expires_at: number | string | bigint;
  readonly body: Uint8Array;
}

/** PostgreSQL's text has no NUL, so keys and bodies are bytes. UTF-8 has no lone surrogate: it would become another character. */
function bytes(text: string): Uint8Array {
  if (!text.isWellFormed()) throw new TypeError('A key or a body holds a lone surrogate');
  return Buffer.from(text);
}

/** A table's name cannot be a parameter of a query, so nothing that needs quotes may be in it. */
function checked(table: string): string {
  if (/^[a-z_][a-z0-9_]*$/.test(table)) return table;
  const message = `table must be lower-case letters, digits and underscores; given was '${table}'.`;
  throw new SessionError('ERR_CONFIG', message);
}
