import type { Deadline } from '../clients/deadline.ts';
import type { Command, Driver } from '../clients/driver.ts';
import type { WaitForReplicas } from '../options.ts';
import { Gate } from './gate.ts';
import { COMPARE_AND_SET, REWRITE, runScript } from './script.ts';

/** How many keys in doubt are remembered. Beyond that the oldest are forgotten. */
const MAX_DOUBTS = 10_000;
/** How many times a command follows a key that has moved to another server of the cluster. */
const MAX_MOVES = 3;
/** How many writes wait at a time. WAIT blocks everything after it on its connection, including reads. */
const MAX_WAITING = 4;
/** While replicas are missing: waits last 1/10 of the timeout, except for every tenth, which lasts the full timeout. */
const SHORT_WAIT = 10;

/**
 * Writes records, and waits until replicas have received them.
 *
 * If they have not received a write in time, the call rejects although the write was applied. From then on the key is in doubt: the next read writes
 * the record again unchanged and waits again. So no read of this process returns a write that the replicas never received.
 */
export class Replication {
  readonly #driver: Driver;
  readonly #deadline: Deadline;
  readonly #required: WaitForReplicas;
  readonly #gate: Gate = new Gate(MAX_WAITING);
  readonly #inDoubt: Set<string> = new Set();
  #wereMissing = false;
  #waits = 0;

  constructor(driver: Driver, deadline: Deadline, required: WaitForReplicas) {
    this.#driver = driver;
    this.#deadline = deadline;
    this.#required = required;
  }

  /** Tells whether the latest write of this key may be on the primary alone. */
  isInDoubt(key: string): boolean {
    return this.#inDoubt.has(key);
  }

  /** Reads the value of a key in doubt. */
  async read(key: string): Promise<unknown> {
    const value = await this.#deadline.bound(
      runScript(REWRITE, key, [], (command) => this.#sendAndWait(key, command)),
    );
    this.#inDoubt.delete(key);
    return value;
  }

  /** Compares and sets. Resolves to whether it did. */
  async compareAndSet(key: string, args: readonly string[]): Promise<boolean> {
    let applied = false;
    try {
      const send = (command: Command): Promise<unknown> => this.#sendAndWait(key, command);
      applied = String(await this.#deadline.bound(runScript(COMPARE_AND_SET, key, args, send))) === '1';
      return applied;
    } finally {
      // A failed comparison is in doubt too: the client may have sent the write twice, and this may be the second reply.
      if (applied) this.#inDoubt.delete(key);
      else this.#markInDoubt(key);
    }
  }

  #markInDoubt(key: string): void {
    this.#inDoubt.add(key);
    const [oldest] = this.#inDoubt;
    if (this.#inDoubt.size > MAX_DOUBTS && oldest !== undefined) this.#inDoubt.delete(oldest);
  }

  async #sendAndWait(key: string, command: Command): Promise<unknown> {
    const latest = performance.now() + this.#deadline.milliseconds;
    // Commands sent together have no timeout of their own for waiting to be sent.
    if (this.#deadline.missedLately) await this.#driver.send(key, ['getex', key]);
    return await this.#gate.pass(async () => {
      if (performance.now() >= latest)
        throw new Error(
          'Too many writes were waiting for replicas, so this one was not sent within commandTimeout.',
        );
      const wait = this.#nextWait();
      const { replicas } = this.#required;
      const commands = [command, ['wait', String(replicas), String(wait)]];
      const [reply, reached] = await this.#deadline.bound(this.#sendAndFollow(key, commands));
      this.#wereMissing = Number(reached) < replicas;
      if (!this.#wereMissing) return reply;
      throw new Error(
        `A write reached ${Number(reached)} of the ${replicas} replicas that waitForReplicas requires within ${wait} ms. It may last all the same.`,
      );
    });
  }

  /** Returns how long to wait. While replicas are missing most waits are short, so that reads get through between them. */
  #nextWait(): number {
    this.#waits += 1;
    const isShort = this.#wereMissing && this.#waits % SHORT_WAIT !== 0;
    return isShort ? Math.ceil(this.#required.timeout / SHORT_WAIT) : this.#required.timeout;
  }

  /** Sends commands together on one connection, because WAIT considers only its own connection's writes. Follows a key that has moved. */
  async #sendAndFollow(key: string, commands: readonly Command[]): Promise<readonly unknown[]> {
    for (let move = 1; ; move += 1) {
      try {
        return await this.#driver.sendTogether(key, commands);
      } catch (error) {
        if (move > MAX_MOVES || !(error instanceof Error && error.message.startsWith('MOVED '))) throw error;
        // A server without the key has written nothing. A single command makes the client learn which server has it.
        await this.#driver.send(key, ['getex', key]);
      }
    }
  }
}
