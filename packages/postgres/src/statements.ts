import { prepared, type Statement, unprepared } from './clients/driver.ts';
import type { CheckedOptions } from './options.ts';
import { channelOf } from './subscription.ts';
import { quoteTable } from './table.ts';

/** The statements of a store on its table. */
export interface Statements {
  /** $1: the key. Returns one row: whether the server is a standby, then the record's columns, or null if there is none. */
  readonly read: Statement;
  /** $1: the key, $2: the version, $3: the moment, $4: the body. Returns a row if it did. */
  readonly create: Statement;
  /** $1: the key, $2: the expected version, $3: the next version, $4: the moment, $5: the body. Returns a row if it did. */
  readonly replace: Statement;
  /** $1: the key, $2: the expected version. Returns a row if it did. */
  readonly delete: Statement;
  /** Returns the time of the server, in milliseconds since the epoch. */
  readonly now: Statement;
  /** $1: the message. */
  readonly notify: Statement;
  /** $1: the time, $2: how many rows. Returns how many it removed and how many it postponed. */
  readonly sweep: Statement;
  /** $1: the key to continue after, $2: how many rows. Returns the last key in base64, or no row if none was left. */
  readonly clear: Statement;
}

/** Returns the statements for a table. */
export function writeStatements(options: CheckedOptions): Statements {
  const table = quoteTable(options.table);
  const settings = writeSettings(options);
  return {
    // A standby may lag behind. It rejects every write by itself; this read reports it as a standby, even if there is no record.
    read: prepared(`
      SELECT pg_is_in_recovery()::text, t.version::text, t.expires_at::text, encode(t.body, 'base64')
      FROM (VALUES (1)) AS one LEFT JOIN ${table} AS t ON t.key = $1::bytea`),
    create: prepared(`${settings}
      INSERT INTO ${table} (key, version, expires_at, sweep_at, body)
      SELECT $1::bytea, $2::bigint, $3::bigint, $3::bigint, $4::bytea FROM settings
      ON CONFLICT (key) DO NOTHING RETURNING 1`),
    // If the deadline is only extended, sweep_at and every index stay unchanged.
    replace: prepared(`${settings}
      UPDATE ${table} AS t
      SET version = $3::bigint, expires_at = $4::bigint, sweep_at = LEAST(t.sweep_at, $4::bigint), body = $5::bytea
      FROM settings WHERE t.key = $1::bytea AND t.version = $2::bigint RETURNING 1`),
    delete: prepared(`${settings}
      DELETE FROM ${table} AS t USING settings
      WHERE t.key = $1::bytea AND t.version = $2::bigint RETURNING 1`),
    now: unprepared('SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint::text'),
    // A message is not data: its commit need not wait for the disk.
    notify: unprepared(`
      SELECT set_config('synchronous_commit', 'off', true), pg_notify('${channelOf(options.table)}', $1::text)::text`),
    // The rows are locked first, so the current deadline decides. A row that is being written is left to the next sweep.
    sweep: unprepared(`${settings},
      due AS MATERIALIZED (
        SELECT t.key, t.expires_at FROM ${table} AS t, settings
        WHERE t.sweep_at <= $1::bigint ORDER BY t.sweep_at LIMIT $2::int FOR UPDATE OF t SKIP LOCKED
      ),
      removed AS (
        DELETE FROM ${table} AS t USING due
        WHERE t.key = due.key AND due.expires_at <= $1::bigint RETURNING 1
      ),
      put_off AS (
        UPDATE ${table} AS t SET sweep_at = due.expires_at FROM due
        WHERE t.key = due.key AND due.expires_at > $1::bigint RETURNING 1
      )
      SELECT (SELECT count(*) FROM removed)::text, (SELECT count(*) FROM put_off)::text`),
    // Locked in the order of the keys, so that two concurrent clears cannot wait for each other.
    clear: unprepared(`${settings},
      batch AS MATERIALIZED (
        SELECT t.key FROM ${table} AS t, settings
        WHERE t.key >= $1::bytea ORDER BY t.key LIMIT $2::int FOR UPDATE OF t
      ),
      removed AS (DELETE FROM ${table} AS t USING batch WHERE t.key = batch.key RETURNING 1)
      SELECT encode(key, 'base64') FROM batch ORDER BY key DESC LIMIT 1`),
  };
}

/**
 * Returns the settings that a statement makes for its own transaction only, so no pooler can apply
 * them to another client.
 */
function writeSettings({ queryTimeout, synchronousCommit }: CheckedOptions): string {
  const commit =
    synchronousCommit === undefined
      ? `CASE WHEN current_setting('synchronous_commit') = 'remote_apply' THEN ''
          ELSE set_config('synchronous_commit', 'on', true) END`
      : `set_config('synchronous_commit', '${synchronousCommit}', true)`;
  return `WITH settings AS MATERIALIZED (
        SELECT set_config('lock_timeout', '${queryTimeout}', true), ${commit}
      )`;
}
