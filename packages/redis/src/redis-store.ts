import type { SessionStore, StoreRecord, StoreSubscriber, StoreSubscription } from '@coatcheck/core';
import type { RedisStoreClient } from './clients/clients.ts';
import { CommandTimeoutError, Deadline } from './clients/deadline.ts';
import type { Driver } from './clients/driver.ts';
import { recogniseClient } from './clients/recognise.ts';
import { clearPrefix } from './commands/clear.ts';
import { Replication } from './commands/replication.ts';
import { CLOCK, COMPARE_AND_SET, runScript } from './commands/script.ts';
import { Channel } from './commands/subscription.ts';
import { checkOptions, type RedisStoreOptions } from './options.ts';
import { redisKey } from './records/keys.ts';
import { decodeValue, encodeValue, redisExpiry, valueStart } from './records/value.ts';

/** Stores sessions in Redis. It has no `close`, because it opens nothing, and no `sweep`, because Redis expires records by itself. */
export interface RedisStore extends SessionStore {
  /** Reads a record from the primary. Rejects if Redis fails or does not reply within `commandTimeout`. */
  read(key: string): Promise<StoreRecord | undefined>;
  /**
   * Writes or deletes a record if its version is `expected`. Resolves to whether it did.
   *
   * Rejects if Redis fails, or does not reply within `commandTimeout`; the write may have been applied then.
   */
  compareAndSet(key: string, expected: number | null, next: StoreRecord | null): Promise<boolean>;
  /** Returns the time of the Redis server, in milliseconds since the epoch. */
  now(): Promise<number>;
  /** Deletes every record with the store's prefix, on every server. Rejects if it cannot be sure that it reached all of them; call it again then. */
  clear(): Promise<void>;
  /** Publishes a message on the channel of this prefix: a sharded channel in a cluster of Redis 7 or later. */
  publish(message: string): Promise<void>;
  /** Subscribes to that channel, on one connection more, which is a copy of the client. */
  subscribe(subscriber: StoreSubscriber): StoreSubscription;
}

/**
 * Stores sessions in Redis 6.2 or later, or in Valkey, through a client that the app creates, connects and closes.
 *
 * Each call of the store is one command for one key, sent to the primary that has the key. A call rejects if Redis cannot be
 * reached, rejects writes, or does not reply within `commandTimeout`. A failed call never looks like an absent session.
 *
 * @example
 * ```ts
 * const client = await createClient({ url: 'redis://localhost:6379' }).connect();
 * const sessions = createSessions({ store: redisStore(client, { prefix: 'shop:' }) });
 * ```
 *
 * @throws {SessionError} `ERR_CONFIG` if the client is of no supported kind, or if an option is unknown or invalid.
 *
 * Danger: Redis acknowledges a write before a replica has it. A failover can undo an acknowledged write, and bring back a session that
 * has ended; `waitForReplicas` reduces this risk. An eviction policy other than `noeviction` ends sessions early.
 */
export function redisStore(client: RedisStoreClient, options: RedisStoreOptions = {}): RedisStore {
  const { prefix, commandTimeout, waitForReplicas } = checkOptions(options);
  const deadline = new Deadline(commandTimeout);
  const driver = recogniseClient(client, deadline);
  const replication =
    waitForReplicas === undefined ? undefined : new Replication(driver, deadline, waitForReplicas);
  return new ClientStore(driver, deadline, driver.missingPrefix + prefix, replication);
}

/** The part of `commandTimeout` for a read that follows a timed-out write of the same key. */
const SHARE_AFTER_WRITE = 0.1;
/** How many keys of timed-out writes are remembered. */
const MAX_LATE = 10_000;

class ClientStore implements RedisStore {
  readonly #driver: Driver;
  readonly #deadline: Deadline;
  readonly #prefix: string;
  readonly #replication: Replication | undefined;
  readonly #channel: Channel;
  /** The keys whose last write timed out. The core reads them next, and both together should not take two timeouts. */
  readonly #late: Set<string> = new Set();

  constructor(driver: Driver, deadline: Deadline, prefix: string, replication: Replication | undefined) {
    this.#driver = driver;
    this.#deadline = deadline;
    this.#prefix = prefix;
    this.#replication = replication;
    this.#channel = new Channel(driver, `${driver.addedPrefix}${redisKey(prefix, 'live')}`);
  }

  // Not async, because that measurably slows down a read. It throws if the client was never connected; the core treats that like a rejection.
  read(key: string): Promise<StoreRecord | undefined> {
    const name = redisKey(this.#prefix, key);
    if (this.#replication?.isInDoubt(name)) return this.#replication.read(name).then(readRecord);
    // GETEX without options does the same as GET, but a replica, which may lag behind, rejects it.
    const reply = this.#driver.send(name, ['getex', name]);
    if (this.#late.size > 0 && this.#late.delete(name)) {
      const share = Math.ceil(this.#deadline.milliseconds * SHARE_AFTER_WRITE);
      return this.#deadline.boundAndRead(reply, readRecord, share);
    }
    return this.#deadline.boundAndRead(reply, readRecord);
  }

  async compareAndSet(key: string, expected: number | null, next: StoreRecord | null): Promise<boolean> {
    const name = redisKey(this.#prefix, key);
    const args = [expected === null ? '' : valueStart(expected)];
    if (next !== null) args.push(encodeValue(next), redisExpiry(next.expiresAt));
    if (this.#replication !== undefined) return await this.#replication.compareAndSet(name, args);
    try {
      const reply = await this.#deadline.bound(
        runScript(COMPARE_AND_SET, name, args, (command) => this.#driver.send(name, command)),
      );
      return String(reply) === '1';
    } catch (error) {
      if (error instanceof CommandTimeoutError && this.#late.size < MAX_LATE) this.#late.add(name);
      throw error;
    }
  }

  async now(): Promise<number> {
    const name = redisKey(this.#prefix, 'clock');
    const reply = runScript(CLOCK, name, [], (command) => this.#driver.send(name, command));
    return await this.#deadline.boundAndRead(reply, Number);
  }

  clear(): Promise<void> {
    return clearPrefix(this.#driver, this.#prefix, this.#deadline);
  }

  publish(message: string): Promise<void> {
    return this.#deadline.bound(this.#channel.publish(message));
  }

  subscribe(subscriber: StoreSubscriber): StoreSubscription {
    return this.#channel.subscribe(subscriber);
  }
}

function readRecord(reply: unknown): StoreRecord | undefined {
  return reply === null || reply === undefined ? undefined : decodeValue(String(reply));
}
