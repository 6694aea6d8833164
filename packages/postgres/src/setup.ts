import { SessionError } from '@coatcheck/core';
import type { Driver } from './clients/driver.ts';
import { unprepared } from './clients/driver.ts';
import type { Call } from './clients/time-limit.ts';
import { codeOf, storeError } from './errors.ts';
import type { CheckedOptions } from './options.ts';
import { createTableSql, quoteTable } from './table.ts';

/** The columns of a table of this package, ordered by name. */
const COLUMNS =
  'body bytea NOT NULL, expires_at bigint NOT NULL, key bytea NOT NULL, sweep_at bigint NOT NULL, version bigint NOT NULL';

/** The advisory lock for creating tables: the bytes of `coatchk` as a number, which other programs are unlikely to use. */
const ADVISORY_LOCK = '27988487049537643';

/**
 * Checks that the table exists and belongs to this package, and creates it if that is allowed.
 *
 * Rejects with `ERR_CONFIG` if the table has other columns, if it is missing and may not be created, or if the schema is missing.
 */
export async function setUpTable(driver: Driver, options: CheckedOptions, call: Call): Promise<void> {
  if (await isTableRight(driver, options, call)) return;
  if (!options.createTable) {
    throw new SessionError(
      'ERR_CONFIG',
      missing(options, 'Create it with the SQL that createTableSql() returns'),
    );
  }
  call.demandTime();
  try {
    await driver.runScript(creation(options), call);
  } catch (error) {
    const why = REFUSALS[codeOf(error) ?? ''];
    throw why === undefined ? error : new SessionError('ERR_CONFIG', missing(options, why));
  }
  // Another process may have created a different table in the meantime.
  if (await isTableRight(driver, options, call)) return;
  throw new Error('The table for the sessions was created, and is not there');
}

/** What can prevent the creation of the table, by SQLSTATE: a missing schema, a missing right of the role. */
const REFUSALS: Readonly<Record<string, string>> = {
  '3F000': 'Create the schema first, which is not there either',
  '42501':
    'The role of the client may not create it. Run the SQL that createTableSql() returns as a role that may, and pass createTable: false',
};

/** The statements run as one transaction: processes that start at the same time wait for the first one. */
function creation({ table, queryTimeout }: CheckedOptions): string {
  return `SELECT set_config('lock_timeout', '${queryTimeout}', true), pg_advisory_xact_lock(${ADVISORY_LOCK});
${createTableSql(table)}`;
}

/** Tells whether the table exists. Rejects if it is a table of another program. */
async function isTableRight(driver: Driver, { table }: CheckedOptions, call: Call): Promise<boolean> {
  const name = quoteTable(table);
  const [row = []] = await driver.run(SHAPE, [name], call);
  const [isStandby, kind, persistence, columns, others, hasKey, hasSweepAt] = row.map(String);
  demandPrimary(isStandby);
  if (kind === 'null') return false;
  if (kind !== 'r' && kind !== 'p') throw wrong(name, 'it is not a table');
  if (columns !== COLUMNS) throw wrong(name, `of these it has: ${columns === 'null' ? 'none' : columns}`);
  if (others !== 'null') throw wrong(name, `it also has columns that must be filled: ${others}`);
  if (hasKey !== 'true') throw wrong(name, 'it has no primary key or unique index on key alone');
  if (hasSweepAt !== 'true') throw wrong(name, 'it has no index on sweep_at');
  if (persistence === 'u') throw wrong(name, 'it is UNLOGGED, so a crash of the server would empty it');
  return true;
}

/** Throws for a hot standby, which may lag behind: a session that has ended would still open there. */
export function demandPrimary(isInRecovery: unknown): void {
  if (isInRecovery === 'false') return;
  throw storeError(new Error('PostgreSQL is a hot standby, which may lag behind. Connect to the primary'));
}

function wrong(name: string, why: string): SessionError {
  return new SessionError(
    'ERR_CONFIG',
    `The table ${name} must have the columns ${COLUMNS}, key alone as its primary key, and an index on sweep_at, as createTableSql() writes it; ${why}. Give postgresStore another table, or move this one away.`,
  );
}

function missing({ table }: CheckedOptions, what: string): string {
  return `The table ${quoteTable(table)} is not there. ${what}.`;
}

/** $1: the table's quoted name. Returns one row. */
const SHAPE = unprepared(`
  WITH columns AS (
    SELECT *, attname::text COLLATE "C" AS column_name FROM pg_catalog.pg_attribute
    WHERE attrelid = to_regclass($1::text) AND attnum > 0 AND NOT attisdropped
  ), indexes AS (
    SELECT * FROM pg_catalog.pg_index WHERE indrelid = to_regclass($1::text) AND indisvalid AND indpred IS NULL
  )
  SELECT pg_is_in_recovery()::text, c.relkind::text, c.relpersistence::text,
    (SELECT string_agg(column_name || ' ' || format_type(atttypid, atttypmod) || CASE WHEN attnotnull THEN ' NOT NULL' ELSE '' END,
        ', ' ORDER BY column_name)
      FROM columns WHERE column_name = ANY (names)),
    (SELECT string_agg(column_name, ', ') FROM columns
      WHERE column_name <> ALL (names) AND attnotnull AND NOT atthasdef AND attidentity = ''),
    EXISTS (SELECT FROM indexes, columns
      WHERE column_name = 'key' AND indkey[0] = attnum AND indisunique AND indimmediate AND indnkeyatts = 1)::text,
    EXISTS (SELECT FROM indexes, columns WHERE column_name = 'sweep_at' AND indkey[0] = attnum)::text
  FROM (VALUES (ARRAY['body', 'expires_at', 'key', 'sweep_at', 'version'])) AS expected (names)
    LEFT JOIN pg_catalog.pg_class AS c ON c.oid = to_regclass($1::text)`);
