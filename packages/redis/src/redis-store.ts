import type { SessionStore, StoreRecord } from '@coatcheck/core';
import type { RedisStoreClient } from './clients/clients.ts';
import { Deadline } from './clients/deadline.ts';
import type { Driver } from './clients/driver.ts';
import { recogniseClient } from './clients/recognise.ts';
import { clearPrefix } from './commands/clear.ts';
import { Replication } from './commands/replication.ts';
import { COMPARE_AND_SET, runScript } from './commands/script.ts';
import { checkOptions, type RedisStoreOptions } from './options.ts';
import { redisKey } from './records/keys.ts';
import { decodeValue, encodeValue, expiryMoment, valueStart } from './records/value.ts';

/** A session store on Redis. It opens nothing, so there is nothing to close, and Redis expires records by itself. */
export interface RedisStore extends SessionStore {
  read(key: string): Promise<StoreRecord | undefined>;
  compareAndSet(key: string, expected: number | null, next: StoreRecord | null): Promise<boolean>;
  clear(): Promise<void>;
}

/**
 * Keeps sessions in Redis 6.2 or later, or Valkey, through a client that the app has made and connected, and closes.
 *
 * Each call of the store is one command for one key, sent to the primary that has the key. A call rejects where Redis cannot be
 * reached, refuses writes or does not answer within `commandTimeout`; it is never answered as an absent session. A mistake in the
 * arguments throws `ERR_CONFIG`.
 *
 * Redis acknowledges a write before a replica has it: a failover can undo what was acknowledged, and bring back a session that
 * was ended. `waitForReplicas` narrows this. An eviction policy other than `noeviction` ends sessions early.
 */
export function redisStore(client: RedisStoreClient, options: RedisStoreOptions = {}): RedisStore {
  const { prefix, commandTimeout, waitForReplicas } = checkOptions(options);
  const deadline = new Deadline(commandTimeout);
  const driver = recogniseClient(client, deadline);
  const replication =
    waitForReplicas === undefined ? undefined : new Replication(driver, deadline, waitForReplicas);
  return new ClientStore(driver, deadline, driver.missingPrefix + prefix, replication);
}

class ClientStore implements RedisStore {
  readonly #driver: Driver;
  readonly #deadline: Deadline;
  readonly #prefix: string;
  readonly #replication: Replication | undefined;

  constructor(driver: Driver, deadline: Deadline, prefix: string, replication: Replication | undefined) {
    this.#driver = driver;
    this.#deadline = deadline;
    this.#prefix = prefix;
    this.#replication = replication;
  }

  // Not async: what that adds to a read can be measured.
  read(key: string): Promise<StoreRecord | undefined> {
    const name = redisKey(this.#prefix, key);
    if (this.#replication?.doubts(name)) return this.#replication.read(name).then(readRecord);
    // GETEX without options is GET, but a replica, which may lag behind, refuses it.
    return this.#deadline.boundAndRead(this.#driver.send(name, ['getex', name]), readRecord);
  }

  async compareAndSet(key: string, expected: number | null, next: StoreRecord | null): Promise<boolean> {
    const name = redisKey(this.#prefix, key);
    const args = [expected === null ? '' : valueStart(expected)];
    if (next !== null) args.push(encodeValue(next), expiryMoment(next.expiresAt));
    if (this.#replication !== undefined) return await this.#replication.compareAndSet(name, args);
    const reply = await this.#deadline.bound(
      runScript(COMPARE_AND_SET, name, args, (command) => this.#driver.send(name, command)),
    );
    return String(reply) === '1';
  }

  clear(): Promise<void> {
    return clearPrefix(this.#driver, this.#prefix, this.#deadline);
  }
}

function readRecord(reply: unknown): StoreRecord | undefined {
  return reply === null || reply === undefined ? undefined : decodeValue(String(reply));
}
