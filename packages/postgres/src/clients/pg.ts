import { SessionError } from '@coatcheck/core';
import { codeOf, isOfServer } from '../errors.ts';
import type { PgClient, PgPool, PgPoolClient, PgQuery, PostgresValue } from './clients.ts';
import { type Driver, Preparation, type Row, type Statement } from './driver.ts';
import { listenByClient, listenByPool } from './listen.ts';
import type { Call } from './time-limit.ts';

/** Drives a `Pool`. Each statement takes its own connection. */
export function pgPool(pool: PgPool, queryTimeout: number): Driver {
  const preparation = new Preparation();
  return {
    run: (statement, values, call) =>
      preparation.run(statement, call, (name) =>
        borrow(pool, call, queryTimeout, (client) => rowsOf(client, toQuery(statement, values, name))),
      ),
    runScript: (text, call) =>
      borrow(pool, call, queryTimeout, async (client) => {
        await client.query({ text, rowMode: 'array' });
      }),
    listen: (channel, listener) => listenByPool(pool, channel, listener),
  };
}

/** Drives a `Client`: one connection, on which the statements of the store wait for one another. */
export function pgClient(client: PgClient): Driver {
  const preparation = new Preparation();
  let last: Promise<unknown> = Promise.resolve();
  // pg is about to drop its own queue.
  const inTurn = <T>(call: Call, work: () => Promise<T>): Promise<T> => {
    const turn = last.then(() => {
      call.demandTime();
      demandConnected(client);
      demandNoTransaction(client);
      return work();
    });
    last = turn.catch(() => {});
    return turn;
  };
  return {
    run: (statement, values, call) =>
      preparation.run(statement, call, (name) =>
        inTurn(call, () => rowsOf(client, toQuery(statement, values, name))),
      ),
    async runScript(text, call) {
      await inTurn(call, () => client.query({ text, rowMode: 'array' }));
    },
    listen: (channel, listener) => listenByClient(client, channel, listener),
  };
}

function toQuery({ text }: Statement, values: readonly PostgresValue[], name: string | undefined): PgQuery {
  return { name, text, values: [...values], rowMode: 'array' };
}

async function rowsOf(client: PgClient, query: PgQuery): Promise<readonly Row[]> {
  const { rows } = await client.query(query);
  return rows.map((row) => (Array.isArray(row) ? row : []));
}

/**
 * Lends a connection of the pool to one piece of work.
 *
 * If the call takes too long, the connection has as long again to respond: if a `statement_timeout` is set, the server does so and the
 * connection is used again. After that it is closed, so that a server that is gone does not hold the pool.
 */
async function borrow<T>(
  pool: PgPool,
  call: Call,
  queryTimeout: number,
  work: (client: PgPoolClient) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  let timer: NodeJS.Timeout | undefined;
  let isHeld = true;
  // A connection that breaks fails the statement. The pool does not listen to a client in use, and an error event without a listener ends the process.
  client.on('error', ignore);
  const giveBack = (destroy: boolean): void => {
    clearTimeout(timer);
    call.whenOver(undefined);
    if (!isHeld) return;
    isHeld = false;
    client.release(destroy);
    client.removeListener('error', ignore);
  };
  if (call.isOver) {
    giveBack(false);
    call.demandTime();
  }
  call.whenOver(() => {
    timer = setTimeout(giveBack, queryTimeout, true);
    timer.unref();
  });
  try {
    const result = await work(client);
    giveBack(false);
    return result;
  } catch (error) {
    giveBack(!isOnlyTheStatement(error));
    throw error;
  }
}

function ignore(): void {}

/** What ends a connection: an error of the connection or the system, an administrator, or the timeout of a transaction. The severity says so too, but in the server's language. */
const ENDS_CONNECTION = /^(?:08|57P|58|XX|25P0[34])/;

/** Tells whether the connection is still usable after an error: not after one that ends it or that is not the server's. */
function isOnlyTheStatement(error: unknown): boolean {
  if (!(error instanceof Error) || !isOfServer(error)) return false;
  const code = codeOf(error);
  return code !== undefined && !ENDS_CONNECTION.test(code);
}

/** A read inside a transaction sees the past, and a write inside one can be rolled back after it was acknowledged. */
function demandNoTransaction(client: PgClient): void {
  if (!('getTransactionStatus' in client) || typeof client.getTransactionStatus !== 'function') return;
  const status: unknown = client.getTransactionStatus();
  if (status === 'T' || status === 'E') {
    throw new Error(
      'The Client that was given to postgresStore has a transaction open. End it first, or give postgresStore a Pool',
    );
  }
}

/**
 * A client that was never connected keeps its queries for good. Reads a field of pg, which has no method that tells.
 *
 * @throws SessionError `ERR_CONFIG` if `connect()` was never called: that is a mistake in the app and no outage
 */
function demandConnected(client: object): void {
  const { _connected, _connecting }: { _connected?: unknown; _connecting?: unknown } = client;
  if (_connected !== false || _connecting !== false) return;
  throw new SessionError(
    'ERR_CONFIG',
    'The Client of postgresStore is not connected, and connect() was never called. Write await client.connect() before the first request.',
  );
}
