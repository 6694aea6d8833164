import { type Awaitable, SessionError, type SessionStore, type StoreRecord } from '@coatcheck/core';
import type { Checkpoints } from '../connection/checkpoints.ts';
import { isInTransaction, type SqliteConnection, type SqliteStatement } from '../connection/connection.ts';
import type { FileWatch } from '../connection/file-watch.ts';
import type { LockWait } from '../connection/lock-wait.ts';
import { requireWellFormed, toRecord } from './record.ts';
import { prepareStatements, type Statements } from './statements.ts';
import { sweepInSlices } from './sweep.ts';

/**
 * Keeps records in a SQLite table. A call returns a plain value, or a promise while another connection holds the lock that it needs. It rejects or throws if the
 * database fails.
 */
export interface SqliteStore extends SessionStore {
  /** Reads a record. */
  read(key: string): Awaitable<StoreRecord | undefined>;
  /** Writes or deletes a record if its version is `expected`. Returns whether it did. */
  compareAndSet(key: string, expected: number | null, next: StoreRecord | null): Awaitable<boolean>;
  /** Removes expired records in small slices, and lets the event loop run between them. Resolves to how many it removed. */
  sweep(now: number, limit: number): Promise<number>;
  /** Removes every record in one step. This blocks the event loop: about one second for a million records. */
  clear(): Awaitable<void>;
  /** Closes the database if the store opened it. Does nothing to a connection that you passed. */
  close(): void;
}

/** The parts of a store besides its table. */
export interface TableStoreParts {
  /** Closes the connection; undefined if the connection is not the store's own. */
  readonly release: (() => void) | undefined;
  readonly file: FileWatch;
  readonly checkpoints: Checkpoints;
  readonly lock: LockWait;
}

/** Implements the store on an existing table, over a connection that has been set up. */
export class TableStore implements SqliteStore {
  readonly #statements: Statements;
  /** The connection, if the app also uses it and may have opened a transaction on it. */
  readonly #shared: SqliteConnection | undefined;
  readonly #file: FileWatch;
  readonly #checkpoints: Checkpoints;
  readonly #lock: LockWait;
  #release: (() => void) | undefined;

  constructor(
    connection: SqliteConnection,
    table: string,
    { release, file, checkpoints, lock }: TableStoreParts,
  ) {
    this.#statements = prepareStatements(connection, table);
    this.#shared = release === undefined ? connection : undefined;
    this.#file = file;
    this.#checkpoints = checkpoints;
    this.#lock = lock;
    this.#release = release;
  }

  read(key: string): Awaitable<StoreRecord | undefined> {
    this.#guard();
    requireWellFormed('key', key);
    return this.#lock.run(() => this.#read(key));
  }

  compareAndSet(key: string, expected: number | null, next: StoreRecord | null): Awaitable<boolean> {
    this.#guard();
    requireWellFormed('key', key);
    if (next !== null) requireWellFormed('body', next.body);
    return this.#lock.run(() => {
      const isDone = this.#compareAndSet(key, expected, next);
      if (isDone) this.#checkpoints.noteWrite(next?.body.length ?? 0);
      return isDone;
    });
  }

  #read(key: string): StoreRecord | undefined {
    const row = this.#statements.read.get(key);
    if (row === undefined || row === null) return undefined;
    const { version, expiresAt, body } = fieldsOf(row);
    return toRecord(version, expiresAt, this.#statements.decodeBody(body));
  }

  #compareAndSet(key: string, expected: number | null, next: StoreRecord | null): boolean {
    if (next === null) {
      if (expected === null) return this.#read(key) === undefined;
      return isOne(this.#statements.delete.run(key, expected).changes);
    }
    const { version, expiresAt, body } = next;
    const { create, replace, replaceSooner } = this.#statements;
    if (expected === null) return isOne(create.run(key, version, expiresAt, expiresAt, body).changes);
    return (
      isOne(replace.run(version, expiresAt, body, key, expected, expiresAt).changes) ||
      isOne(replaceSooner.run(version, expiresAt, expiresAt, body, key, expected).changes)
    );
  }

  async sweep(now: number, limit: number): Promise<number> {
    const run = async (statement: SqliteStatement, count: number): Promise<number> => {
      this.#guard();
      return await this.#lock.run(() => Number(statement.run(now, count, now).changes));
    };
    const pace = (removed: number): Promise<void> => this.#checkpoints.noteDeletions(removed);
    return await sweepInSlices(this.#statements, { run, pace }, limit);
  }

  clear(): Awaitable<void> {
    this.#guard();
    return this.#lock.run(() => void this.#statements.clear.run());
  }

  close(): void {
    this.#checkpoints.end();
    this.#release?.();
    this.#release = undefined;
  }

  /** Rejects calls inside a transaction of the app: a read could see an old state, and a write could be rolled back after it was reported as done. */
  #guard(): void {
    if (this.#shared !== undefined && isInTransaction(this.#shared)) {
      throw new SessionError(
        'ERR_STORE_UNAVAILABLE',
        'The connection passed to sqliteStore has an open transaction, so the session store cannot use it. End the transaction first, or pass a path or a separate connection to sqliteStore.',
      );
    }
    this.#file.check();
  }
}

/** Names the columns of a row that is an array. */
function fieldsOf(row: object): { version?: unknown; expiresAt?: unknown; body?: unknown } {
  if (!Array.isArray(row)) return row;
  const [version, expiresAt, body]: readonly unknown[] = row;
  return { version, expiresAt, body };
}

function isOne(changes: number | bigint): boolean {
  return changes === 1 || changes === 1n;
}
