import type { SessionStore, StoreRecord, StoreSubscriber, StoreSubscription } from '@coatcheck/core';
import type { RedisStoreClient, UpstashClient } from './clients/clients.ts';
import { CommandTimeoutError, Deadline } from './clients/deadline.ts';
import type { Driver, RecordDriver } from './clients/driver.ts';
import { isUpstashClient, recogniseClient } from './clients/recognise.ts';
import { upstashClient } from './clients/upstash.ts';
import { clearByScript, clearPrefix } from './commands/clear.ts';
import { Replication } from './commands/replication.ts';
import { CLOCK, COMPARE_AND_SET, runScript } from './commands/script.ts';
import { Channel } from './commands/subscription.ts';
import { checkOptions, configError, type RedisStoreOptions } from './options.ts';
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

/** Stores sessions in Redis over HTTP. It cannot broadcast, which needs a connection. */
export type UpstashStore = Omit<RedisStore, 'publish' | 'subscribe'>;

/**
 * Stores sessions in Redis 6.2 or later, or in Valkey, through a client that the app creates, connects and closes.
 *
 * Each call of the store is one command for one key, sent to the primary that has the key. A call rejects if Redis cannot be
 * reached, rejects writes, or does not reply within `commandTimeout`. A failed call never looks like an absent session.
 *
 * @example
 * ```ts
 * import { createClient } from 'redis';
 *
 * const client = await createClient({ url: 'redis://localhost:6379' }).connect();
 * const sessions = createSessions({ store: redisStore(client, { prefix: 'shop:' }) });
 * ```
 *
 * @throws {SessionError} `ERR_CONFIG` if the client is of no supported kind, or if an option is unknown, invalid or not available over HTTP.
 *
 * Danger: Redis acknowledges a write before a replica has it. A failover can undo an acknowledged write, and bring back a session that
 * has ended; `waitForReplicas` reduces this risk. An eviction policy other than `noeviction` ends sessions early, and
 * may drop the list by which `revokeUser` finds the sessions of a user.
 */
export function redisStore(client: RedisStoreClient, options?: RedisStoreOptions): RedisStore;
/**
 * Stores sessions in Redis through the `Redis` of `@upstash/redis`, which sends each command as an HTTP request and works where there are no connections.
 *
 * Each call of the store is one script for one key, since scripts run on the primary and reads may not. It cannot broadcast or wait for replicas.
 *
 * @example
 * ```ts
 * import { Redis } from '@upstash/redis';
 *
 * const client = Redis.fromEnv({ signal: () => AbortSignal.timeout(2000) });
 * const sessions = createSessions({ store: redisStore(client) });
 * ```
 *
 * Danger: the same as above, for a failover of the service.
 */
export function redisStore(
  client: UpstashClient,
  options?: Omit<RedisStoreOptions, 'waitForReplicas'>,
): UpstashStore;
export function redisStore(
  client: RedisStoreClient | UpstashClient,
  options: RedisStoreOptions = {},
): UpstashStore {
  const { prefix, commandTimeout, waitForReplicas } = checkOptions(options);
  const deadline = new Deadline(commandTimeout);
  if (isUpstashClient(client)) {
    if (waitForReplicas !== undefined) {
      throw configError('waitForReplicas', waitForReplicas, 'left out with a client of @upstash/redis');
    }
    const driver = upstashClient(client);
    return new RecordStore(driver, deadline, prefix, undefined, () =>
      clearByScript(driver, prefix, deadline),
    );
  }
  const driver = recogniseClient(client, deadline);
  const replication =
    waitForReplicas === undefined ? undefined : new Replication(driver, deadline, waitForReplicas);
  return new ClientStore(driver, deadline, driver.missingPrefix + prefix, replication);
}

/** The part of `commandTimeout` for a read that follows a timed-out write of the same key. */
const SHARE_AFTER_WRITE = 0.1;
/** How many keys of timed-out writes are remembered. */
const MAX_LATE = 10_000;

/** Keeps records, through a client of any kind. */
class RecordStore implements UpstashStore {
  readonly #driver: RecordDriver;
  readonly #deadline: Deadline;
  readonly #prefix: string;
  readonly #replication: Replication | undefined;
  readonly #clear: () => Promise<void>;
  /** The keys whose last write timed out. The core reads them next, and both together should not take two timeouts. */
  readonly #late: Set<string> = new Set();

  constructor(
    driver: RecordDriver,
    deadline: Deadline,
    prefix: string,
    replication: Replication | undefined,
    clear: () => Promise<void>,
  ) {
    this.#driver = driver;
    this.#deadline = deadline;
    this.#prefix = prefix;
    this.#replication = replication;
    this.#clear = clear;
  }

  // Not async, because that measurably slows down a read. It throws if the client was never connected; the core treats that like a rejection.
  read(key: string): Promise<StoreRecord | undefined> {
    const name = redisKey(this.#prefix, key);
    if (this.#replication?.isInDoubt(name)) return this.#replication.read(name).then(readRecord);
    const reply = this.#driver.read(name);
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
    return this.#clear();
  }
}

/** Also broadcasts, through a client that has connections. */
class ClientStore extends RecordStore implements RedisStore {
  readonly #deadline: Deadline;
  readonly #channel: Channel;

  constructor(driver: Driver, deadline: Deadline, prefix: string, replication: Replication | undefined) {
    super(driver, deadline, prefix, replication, () => clearPrefix(driver, prefix, deadline));
    this.#deadline = deadline;
    this.#channel = new Channel(driver, `${driver.addedPrefix}${redisKey(prefix, 'live')}`);
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
