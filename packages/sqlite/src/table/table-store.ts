import { SessionError, type SessionStore, type StoreRecord } from '@coatcheck/core';
import type { Checkpoints } from '../connection/checkpoints.ts';
import { isInTransaction, type SqliteConnection } from '../connection/connection.ts';
import type { FileWatch } from '../connection/file-watch.ts';
import { requireWellFormed, toRecord } from './record.ts';
import { prepareStatements, type Statements } from './statements.ts';
import { sweepInSlices } from './sweep.ts';

/** Keeps records in a SQLite table. Every method except `sweep` is synchronous and returns a plain value. */
export interface SqliteStore extends SessionStore {
  /** Reads a record. Throws if the database fails. */
  read(key: string): StoreRecord | undefined;
  /** Writes or deletes a record if its version is `expected`. Returns whether it did. Throws if the database fails. */
  compareAndSet(key: string, expected: number | null, next: StoreRecord | null): boolean;
  /** Removes expired records in small slices, and lets the event loop run between them. Resolves to how many it removed. */
  sweep(now: number, limit: number): Promise<number>;
  /** Removes every record in one step. This blocks the event loop: about one second for a million records. */
  clear(): void;
  /** Closes the database if the store opened it. Does nothing to a connection that you passed. */
  close(): void;
}

/** The parts of a store besides its table. */
export interface TableStoreParts {
  /** Closes the connection; undefined if the connection is not the store's own. */
  readonly release: (() => void) | undefined;
  readonly file: FileWatch;
  readonly checkpoints: Checkpoints;
  /** Turns an error of the driver into the error to throw. */
  readonly explain: (error: unknown) => unknown;
}

/** Implements the store on an existing table, over a connection that has been set up. */
export class TableStore implements SqliteStore {
  readonly #statements: Statements;
  /** The connection, if the app also uses it and may have opened a transaction on it. */
  readonly #shared: SqliteConnection | undefined;
  readonly #file: FileWatch;
  readonly #checkpoints: Checkpoints;
  readonly #explain: TableStoreParts['explain'];
  #release: (() => void) | undefined;

  constructor(
    connection: SqliteConnection,
    table: string,
    { release, file, checkpoints, explain }: TableStoreParts,
  ) {
    this.#statements = prepareStatements(connection, table);
    this.#shared = release === undefined ? connection : undefined;
    this.#file = file;
    this.#checkpoints = checkpoints;
    this.#explain = explain;
    this.#release = release;
  }

  read(key: string): StoreRecord | undefined {
    this.#guard();
    requireWellFormed('key', key);
    try {
      return this.#toRecord(this.#statements.read.get(key));
    } catch (error) {
      throw this.#explain(error);
    }
  }

  compareAndSet(key: string, expected: number | null, next: StoreRecord | null): boolean {
    this.#guard();
    requireWellFormed('key', key);
    if (next !== null) requireWellFormed('body', next.body);
    try {
      const isDone = this.#compareAndSet(key, expected, next);
      if (isDone) this.#checkpoints.noteWrite(next?.body.length ?? 0);
      return isDone;
    } catch (error) {
      throw this.#explain(error);
    }
  }

  #compareAndSet(key: string, expected: number | null, next: StoreRecord | null): boolean {
    if (next === null) {
      if (expected === null) return this.read(key) === undefined;
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
    try {
      const guard = (): void => this.#guard();
      const pace = (removed: number): Promise<void> => this.#checkpoints.noteDeletions(removed);
      return await sweepInSlices(this.#statements, { guard, pace }, now, limit);
    } catch (error) {
      throw this.#explain(error);
    }
  }

  clear(): void {
    this.#guard();
    try {
      this.#statements.clear.run();
    } catch (error) {
      throw this.#explain(error);
    }
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

  #toRecord(row: unknown): StoreRecord | undefined {
    if (row === undefined || row === null) return undefined;
    const { version, expiresAt, body } = fieldsOf(row);
    return toRecord(version, expiresAt, this.#statements.decodeBody(body));
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
