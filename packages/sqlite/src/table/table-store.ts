import { SessionError, type SessionStore, type StoreRecord } from '@coatcheck/core';
import { isInTransaction, type SqliteConnection } from '../connection/connection.ts';
import { prepareStatements, type Statements } from './statements.ts';
import { sweepInSlices } from './sweep.ts';

/** Keeps records in a table of SQLite. Everything but `sweep` is answered at once, with plain values. */
export interface SqliteStore extends SessionStore {
  read(key: string): StoreRecord | undefined;
  compareAndSet(key: string, expected: number | null, next: StoreRecord | null): boolean;
  /** Removes expired records in slices of a few, and lets the event loop run on between them. */
  sweep(now: number, limit: number): Promise<number>;
  /** Removes every record in one step, for which the event loop waits: about a second for a million. */
  clear(): void;
  /** Closes the database where the store opened it. */
  close(): void;
}

/** A store in a table that is there, over a connection that is set up. */
export class TableStore implements SqliteStore {
  readonly #statements: Statements;
  /** The connection where others use it too, and may have opened a transaction. */
  readonly #shared: SqliteConnection | undefined;
  #release: (() => void) | undefined;

  /** Takes `release`, which closes the connection, only where the connection is the store's own. */
  constructor(connection: SqliteConnection, table: string, release: (() => void) | undefined) {
    this.#statements = prepareStatements(connection, table);
    this.#shared = release === undefined ? connection : undefined;
    this.#release = release;
  }

  read(key: string): StoreRecord | undefined {
    this.#guard();
    return this.#toRecord(this.#statements.read.get(demandText('key', key)));
  }

  compareAndSet(key: string, expected: number | null, next: StoreRecord | null): boolean {
    this.#guard();
    demandText('key', key);
    if (next === null) {
      if (expected === null) return this.read(key) === undefined;
      return isOne(this.#statements.delete.run(key, expected).changes);
    }
    const { version, expiresAt, body } = next;
    demandText('body', body);
    const { create, replace, replaceSooner } = this.#statements;
    if (expected === null) return isOne(create.run(key, version, expiresAt, expiresAt, body).changes);
    return (
      isOne(replace.run(version, expiresAt, body, key, expected, expiresAt).changes) ||
      isOne(replaceSooner.run(version, expiresAt, expiresAt, body, key, expected).changes)
    );
  }

  async sweep(now: number, limit: number): Promise<number> {
    return sweepInSlices(this.#statements, () => this.#guard(), now, limit);
  }

  clear(): void {
    this.#guard();
    this.#statements.clear.run();
  }

  close(): void {
    this.#release?.();
    this.#release = undefined;
  }

  /** A read inside a transaction sees the past, and a write inside one can be rolled back after it was answered. */
  #guard(): void {
    if (this.#shared !== undefined && isInTransaction(this.#shared)) {
      throw new SessionError(
        'ERR_STORE_UNAVAILABLE',
        'The connection that was handed to sqliteStore has a transaction open, so the session store cannot use it. End the transaction first, or give sqliteStore a path or a connection of its own.',
      );
    }
  }

  #toRecord(row: unknown): StoreRecord | undefined {
    if (row === undefined || row === null) return undefined;
    const { version, expiresAt, body } = fieldsOf(row);
    const text = this.#statements.toText(body);
    if (isInteger(version) && isInteger(expiresAt) && typeof text === 'string') {
      return { version, expiresAt, body: text };
    }
    throw new SessionError(
      'ERR_STORE_UNAVAILABLE',
      'A row of the session table holds what this store never writes, so something else has written to it.',
    );
  }
}

/** Names the columns of a row that comes as an array. */
function fieldsOf(row: object): { version?: unknown; expiresAt?: unknown; body?: unknown } {
  if (!Array.isArray(row)) return row;
  const [version, expiresAt, body]: readonly unknown[] = row;
  return { version, expiresAt, body };
}

/** SQLite keeps UTF-8, where a lone surrogate has no place: the driver would silently write another character. */
function demandText(what: string, text: string): string {
  if (text.isWellFormed()) return text;
  throw new TypeError(`The ${what} holds a lone surrogate, so that it is no well-formed Unicode text`);
}

function isOne(changes: number | bigint): boolean {
  return changes === 1 || changes === 1n;
}

function isInteger(value: unknown): value is number {
  return Number.isSafeInteger(value);
}
