import type { StoreSubscriber, StoreSubscription } from '@coatcheck/core';
import type { Driver } from '../clients/driver.ts';
import type { ChannelKind, ListeningConnection } from '../clients/listener.ts';

/** Precedes each message of the core. */
const MESSAGE = '=';
/** Precedes a message by which a subscription finds out whether messages reach it. */
const PROBE = '?';

/** Publishes and subscribes on the channel of one store. In a cluster the channel belongs to a shard, if the server is Redis 7 or later. */
export class Channel {
  readonly #driver: Driver;
  readonly #name: string;
  #kind: ChannelKind;

  constructor(driver: Driver, name: string) {
    this.#driver = driver;
    this.#name = name;
    this.#kind = driver.isCluster ? 'sharded' : 'plain';
  }

  async publish(message: string): Promise<void> {
    await this.#send(MESSAGE + message);
  }

  subscribe(subscriber: StoreSubscriber): StoreSubscription {
    return new ChannelSubscription(this, subscriber);
  }

  /** Sends a probe, which comes back on every subscription that works. */
  async probe(token: string): Promise<void> {
    await this.#send(PROBE + token);
  }

  /** Opens a connection that listens to the channel, on the server that has it. */
  async open(
    listener: { message(message: string): void; lost(cause: unknown): void },
    onOpening: (connection: ListeningConnection) => void,
  ): Promise<ListeningConnection> {
    let failure: unknown = new Error('The client knows no server that the subscription could use');
    for (const listen of await this.#driver.listeners()) {
      // What breaks while the right server is still sought is an error of `ready`.
      let isOpen = false;
      const connection = listen(this.#kind, this.#name, {
        message: (message) => listener.message(message),
        lost: (cause) => {
          if (isOpen) listener.lost(cause);
        },
      });
      onOpening(connection);
      try {
        await connection.ready;
        isOpen = true;
        return connection;
      } catch (error) {
        connection.close();
        if (this.#isTooOld(error)) return this.open(listener, onOpening);
        failure = error;
        if (!isMoved(error)) break;
      }
    }
    throw failure;
  }

  async #send(message: string): Promise<void> {
    // ioredis puts its prefix before the channel of SPUBLISH, as before a key, and not before that of the others.
    const command =
      this.#kind === 'sharded'
        ? ['spublish', this.#name.slice(this.#driver.addedPrefix.length), message]
        : ['publish', this.#name, message];
    try {
      await this.#driver.send(this.#name, command);
    } catch (error) {
      if (!this.#isTooOld(error)) throw error;
      await this.#send(message);
    }
  }

  /** Tells whether the servers have no sharded channels, as before Redis 7, and uses plain ones from then on. */
  #isTooOld(error: unknown): boolean {
    if (this.#kind === 'plain' || !(error instanceof Error) || !/unknown command/i.test(error.message))
      return false;
    this.#kind = 'plain';
    return true;
  }
}

/** One subscription. The first check sends a probe and waits for it; later ones ask the connection. */
class ChannelSubscription implements StoreSubscription {
  readonly #channel: Channel;
  readonly #opening: Promise<ListeningConnection>;
  readonly #probe: string = crypto.randomUUID();
  readonly #probed = Promise.withResolvers<void>();
  #loss: { readonly cause: unknown } | undefined;
  #connection: ListeningConnection | undefined;
  #isClosed = false;
  #isProven = false;

  constructor(channel: Channel, subscriber: StoreSubscriber) {
    this.#channel = channel;
    this.#opening = channel.open(
      {
        message: (text) => {
          if (this.#isClosed) return;
          if (text.startsWith(MESSAGE)) subscriber.message(text.slice(MESSAGE.length));
          else if (text === PROBE + this.#probe) this.#probed.resolve();
        },
        lost: (cause) => {
          if (this.#isClosed) return;
          this.#loss ??= { cause };
          this.#probed.reject(cause);
          subscriber.lost(cause);
        },
      },
      (connection) => {
        this.#connection = connection;
        if (this.#isClosed) connection.close();
      },
    );
    this.#opening.catch(() => {});
    this.#probed.promise.catch(() => {});
  }

  async check(): Promise<void> {
    const connection = await this.#opening;
    if (this.#isProven) {
      await connection.ping();
    } else {
      await this.#channel.probe(this.#probe);
      await this.#probed.promise;
      this.#isProven = true;
    }
    if (this.#loss !== undefined) throw this.#loss.cause;
  }

  close(): void {
    this.#isClosed = true;
    this.#connection?.close();
  }
}

function isMoved(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('MOVED');
}
