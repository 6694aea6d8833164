import { createHash } from 'node:crypto';
import type { PostgresValue } from './clients.ts';
import type { Call } from './time-limit.ts';

/** One statement, and the name under which it may be prepared. */
export interface Statement {
  readonly text: string;
  /** Undefined if the statement must never be prepared, because its plan depends on the values. */
  readonly name: string | undefined;
}

/** A row, as its columns in the order in which the statement names them. */
export type Row = readonly unknown[];

/** Hears the messages of one channel. */
export interface ChannelListener {
  message(message: string): void;
  /** Hears that the connection broke, or broke and was opened again. Further calls do nothing. */
  lost(cause: unknown): void;
}

/** A connection that listens to one channel. */
export interface ListeningConnection {
  /** Resolves once it listens. */
  readonly ready: Promise<void>;
  /** Resolves if the connection is alive; undefined if only a message can tell. */
  readonly ping: (() => Promise<unknown>) | undefined;
  /** Stops listening, also if it has not begun yet. */
  close(): Promise<void>;
}

/** What the store needs from any client. */
export interface Driver {
  /** Runs one statement and returns its rows. Rejects with the client's own error. */
  run(statement: Statement, values: readonly PostgresValue[], call: Call): Promise<readonly Row[]>;
  /** Runs several statements without parameters as one transaction. */
  runScript(text: string, call: Call): Promise<void>;
  /** Listens to a channel, whose name needs no quotes. */
  listen(channel: string, listener: ChannelListener): ListeningConnection;
}

/** Makes a prepared statement. Its name is a hash of the SQL, so one name never stands for two statements. */
export function prepared(text: string): Statement {
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 16);
  return { text, name: `coatcheck_${hash}` };
}

/** Makes a statement that is planned again for each set of values. */
export function unprepared(text: string): Statement {
  return { text, name: undefined };
}

/**
 * Prepares statements until a pooler turns out not to support it, as PgBouncer before 1.21 in transaction mode.
 *
 * Such a pooler is noticed by an error that comes before the statement is executed, so the same statement may be sent again.
 */
export class Preparation {
  #isAllowed = true;

  /** Runs a statement: `send` receives its name, or undefined if it is not to be prepared. */
  async run<T>(
    { name }: Statement,
    call: Call,
    send: (name: string | undefined) => PromiseLike<T>,
  ): Promise<T> {
    if (name === undefined || !this.#isAllowed) return await send(undefined);
    try {
      return await send(name);
    } catch (error) {
      if (!isPreparationError(error)) throw error;
      this.#isAllowed = false;
      call.demandTime();
      return await send(undefined);
    }
  }
}

/** Tells an invalid_sql_statement_name or a duplicate_prepared_statement: the connection below is not the one on which it was prepared. */
function isPreparationError(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  const { code }: { code?: unknown } = error;
  return code === '26000' || code === '42P05';
}
