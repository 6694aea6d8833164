import { createHash, randomBytes } from 'node:crypto';
import type { StoreSubscriber, StoreSubscription } from '@coatcheck/core';
import type { Driver, ListeningConnection } from './clients/driver.ts';
import { storeError } from './errors.ts';
import { type PostgresTable, quoteTable } from './table.ts';

/** Precedes each message of the core. */
const MESSAGE = '=';
/** Precedes a message by which a subscription finds out whether messages reach it. */
const PROBE = '?';

/** Returns the name of the channel of a table. It has the form of a name that needs no quotes. */
export function channelOf(table: Required<PostgresTable>): string {
  return `coatcheck_${createHash('sha256').update(quoteTable(table)).digest('hex').slice(0, 32)}`;
}

/** Returns what is sent for a message of the core. */
export function encodeMessage(message: string): string {
  return MESSAGE + message;
}

/**
 * A subscription to the channel of a table. The first check sends a probe and waits for it: behind a pooler in transaction mode LISTEN succeeds, and nothing ever
 * arrives. Later checks ask the connection, or send a probe if the client cannot.
 */
export class ChannelSubscription implements StoreSubscription {
  readonly #connection: ListeningConnection;
  readonly #send: (text: string) => Promise<unknown>;
  #loss: { readonly error: Error } | undefined;
  #arrived: (text: string) => void = () => {};
  #failed: (error: Error) => void = () => {};
  #isClosed = false;
  #isProven = false;

  /** `send` notifies the same channel. */
  constructor(
    driver: Driver,
    channel: string,
    subscriber: StoreSubscriber,
    send: (text: string) => Promise<unknown>,
  ) {
    this.#send = send;
    this.#connection = driver.listen(channel, {
      message: (text) => {
        if (this.#isClosed) return;
        if (text.startsWith(MESSAGE)) subscriber.message(text.slice(MESSAGE.length));
        else this.#arrived(text);
      },
      lost: (cause) => {
        if (this.#isClosed) return;
        const error = storeError(cause);
        this.#loss ??= { error };
        this.#failed(error);
        subscriber.lost(error);
      },
    });
    this.#connection.ready.catch(() => {});
  }

  async check(): Promise<void> {
    try {
      await this.#check();
    } catch (error) {
      throw storeError(error);
    }
    if (this.#loss !== undefined) throw this.#loss.error;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#connection.close();
  }

  async #check(): Promise<void> {
    const { ready, ping } = this.#connection;
    await ready;
    if (this.#isProven && ping !== undefined) {
      await ping();
      return;
    }
    const probe = PROBE + randomBytes(9).toString('base64url');
    const arriving = new Promise<void>((resolve, reject) => {
      this.#failed = reject;
      this.#arrived = (text) => {
        if (text === probe) resolve();
      };
      // It may have been lost before.
      if (this.#loss !== undefined) reject(this.#loss.error);
    });
    // The probe may not even be sent.
    arriving.catch(() => {});
    await this.#send(probe);
    await arriving;
    this.#isProven = true;
  }
}
