import type { SessionStore, StoreRecord, StoreSubscriber, StoreSubscription } from '@coatcheck/core';
import type { PostgresStoreClient, PostgresValue } from './clients/clients.ts';
import type { Driver, Row, Statement } from './clients/driver.ts';
import { recogniseClient } from './clients/recognise.ts';
import { withTimeLimit } from './clients/time-limit.ts';
import { isRolledBack, storeError } from './errors.ts';
import { type CheckedOptions, checkOptions, type PostgresStoreOptions } from './options.ts';
import { demandPrimary, setUpTable } from './setup.ts';
import { type Statements, writeStatements } from './statements.ts';
import { ChannelSubscription, channelOf, encodeMessage } from './subscription.ts';
import { decodeRecord, encodeInteger, encodeString } from './values.ts';

/** Stores sessions in PostgreSQL. It has no `close`, because it opens nothing. */
export interface PostgresStore extends SessionStore {
  read(key: string): Promise<StoreRecord | undefined>;
  compareAndSet(key: string, expected: number | null, next: StoreRecord | null): Promise<boolean>;
  /** Returns the time of the database server, in milliseconds since the epoch. */
  now(): Promise<number>;
  /** Removes expired records, 500 with each statement, and skips those that are being written. */
  sweep(now: number, limit: number): Promise<number>;
  /** Removes every record, 2000 with each statement. */
  clear(): Promise<void>;
  /** Publishes a message with NOTIFY, on a channel of this table. */
  publish(message: string): Promise<void>;
  /** Subscribes to that channel with LISTEN, on a connection of its own: `listenClient`, or one of the client's. */
  subscribe(subscriber: StoreSubscriber): StoreSubscription;
  /**
   * Creates the table if it does not exist, and checks its columns. The first call of the store does the same; call this at startup to see a wrong
   * setup at once.
   *
   * @throws {SessionError} `ERR_CONFIG` if the table has other columns, or if the table or schema is missing and may not be created.
   * @throws {SessionError} `ERR_STORE_UNAVAILABLE` if PostgreSQL cannot be reached
   */
  ready(): Promise<void>;
}

/** How many rows one statement of a sweep removes, which takes a few milliseconds. */
const SWEEP_BATCH = 500;
const CLEAR_BATCH = 2000;
/** How often a statement is sent at most if PostgreSQL rolls it back because of concurrent ones. */
const MAX_ATTEMPTS = 10;

/**
 * Stores sessions in a table of PostgreSQL, through a client that the app creates and closes: a `Pool` or a `Client` of `pg`, postgres.js, or
 * PGlite. Creates the table on first use.
 *
 * Each call of `read` and `compareAndSet` is one statement in its own transaction. A call rejects if PostgreSQL cannot be reached, reports an error, or
 * does not respond within `queryTimeout`. A failed call never looks like an absent session.
 *
 * @example
 * ```ts
 * import { Pool } from 'pg';
 *
 * const sessions = createSessions({ store: postgresStore(new Pool({ connectionString: process.env.DATABASE_URL })) });
 * ```
 *
 * @throws {SessionError} `ERR_CONFIG` if the client is of no supported kind, or if an option is unknown or invalid.
 *
 * Danger: an acknowledged write is on the disk of the primary only. A failover to an asynchronous standby can undo it, and bring back a session that
 * has ended; `synchronous_standby_names` prevents that.
 */
export function postgresStore(
  client: PostgresStoreClient,
  options: PostgresStoreOptions = {},
): PostgresStore {
  const checked = checkOptions(options);
  const driver = recogniseClient(client, checked.queryTimeout);
  const { listenClient } = options;
  const listening =
    listenClient === undefined ? driver : recogniseClient(listenClient, checked.queryTimeout, 'listenClient');
  return new TableStore(driver, listening, checked);
}

class TableStore implements PostgresStore {
  readonly #driver: Driver;
  readonly #listening: Driver;
  readonly #options: CheckedOptions;
  readonly #statements: Statements;
  #settingUp: Promise<void> | undefined;
  #isSetUp = false;

  constructor(driver: Driver, listening: Driver, options: CheckedOptions) {
    this.#driver = driver;
    this.#listening = listening;
    this.#options = options;
    this.#statements = writeStatements(options);
  }

  async read(key: string): Promise<StoreRecord | undefined> {
    const [row = []] = await this.#run(this.#statements.read, [encodeString(key)]);
    const [isInRecovery, ...columns] = row;
    demandPrimary(isInRecovery);
    return columns[0] === null ? undefined : decodeRecord(columns);
  }

  async compareAndSet(key: string, expected: number | null, next: StoreRecord | null): Promise<boolean> {
    const { create, replace, delete: remove } = this.#statements;
    const name = encodeString(key);
    if (next === null) {
      if (expected === null) return (await this.read(key)) === undefined;
      return (await this.#run(remove, [name, encodeInteger('version', expected)])).length === 1;
    }
    const values = [
      encodeInteger('version', next.version),
      encodeInteger('expiresAt', next.expiresAt),
      encodeString(next.body),
    ];
    if (expected === null) return (await this.#run(create, [name, ...values])).length === 1;
    return (await this.#run(replace, [name, encodeInteger('version', expected), ...values])).length === 1;
  }

  async now(): Promise<number> {
    const [row = []] = await this.#run(this.#statements.now, []);
    return Number(row[0]);
  }

  async sweep(now: number, limit: number): Promise<number> {
    const moment = encodeInteger('expiresAt', Math.floor(now));
    let removed = 0;
    while (removed < limit) {
      const size = Math.min(SWEEP_BATCH, limit - removed);
      const [row = []] = await this.#run(this.#statements.sweep, [moment, String(size)]);
      const [gone, putOff] = row.map(Number);
      removed += gone ?? 0;
      if ((gone ?? 0) + (putOff ?? 0) < size) break;
    }
    return removed;
  }

  async clear(): Promise<void> {
    let from: Uint8Array | undefined = new Uint8Array();
    while (from !== undefined) {
      const rows: readonly Row[] = await this.#run(this.#statements.clear, [from, String(CLEAR_BATCH)]);
      const [last] = rows;
      from = last === undefined ? undefined : Buffer.from(String(last[0]), 'base64');
    }
  }

  async publish(message: string): Promise<void> {
    await this.#notify(encodeMessage(message));
  }

  subscribe(subscriber: StoreSubscriber): StoreSubscription {
    const channel = channelOf(this.#options.table);
    return new ChannelSubscription(this.#listening, channel, subscriber, (text) => this.#notify(text));
  }

  #notify(text: string): Promise<unknown> {
    return this.#run(this.#statements.notify, [text]);
  }

  ready(): Promise<void> {
    this.#settingUp ??= this.#setUp();
    return this.#settingUp;
  }

  async #setUp(): Promise<void> {
    try {
      await withTimeLimit(this.#options.queryTimeout, (call) =>
        setUpTable(this.#driver, this.#options, call),
      );
      this.#isSetUp = true;
    } catch (error) {
      // The next call tries again.
      this.#settingUp = undefined;
      throw storeError(error);
    }
  }

  /** Runs one statement within the time limit of a call, and retries it if PostgreSQL rolls it back because of concurrent ones. */
  async #run(statement: Statement, values: readonly PostgresValue[]): Promise<readonly Row[]> {
    try {
      return await withTimeLimit(this.#options.queryTimeout, async (call) => {
        if (!this.#isSetUp) await this.ready();
        for (let attempt = 1; ; attempt += 1) {
          call.demandTime();
          try {
            return await this.#driver.run(statement, values, call);
          } catch (error) {
            if (!isRolledBack(error) || attempt === MAX_ATTEMPTS) throw error;
            await pause(Math.random() * 2 ** attempt);
          }
        }
      });
    } catch (error) {
      throw storeError(error);
    }
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
