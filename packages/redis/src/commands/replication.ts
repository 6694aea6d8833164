import type { Deadline } from '../clients/deadline.ts';
import type { Command, Driver } from '../clients/driver.ts';
import type { WaitForReplicas } from '../options.ts';
import { Gate } from './gate.ts';
import { COMPARE_AND_SET, REWRITE, runScript } from './script.ts';

/** How many keys with a write in doubt are remembered; beyond that the oldest are forgotten. */
const MAX_DOUBTS = 10_000;
/** How often a command follows a key that has moved to another server of the cluster. */
const MAX_MOVES = 3;
/** How many writes wait at a time. WAIT holds up all that comes after it on its connection, reads as well. */
const WIDTH = 4;
/** Where replicas were missing the last time: which part of the time is waited for them, and every how many times in full. */
const SHORT_WAIT = 10;

/**
 * Writes, and waits until replicas have it.
 *
 * Where they do not have it in time the write is rejected, but it is there. So the key is in doubt from then on: the next read writes
 * the record again as it is and waits anew. Nobody reads a write back as done that the replicas never got.
 */
export class Replication {
  readonly #driver: Driver;
  readonly #deadline: Deadline;
  readonly #wanted: WaitForReplicas;
  readonly #gate: Gate = new Gate(WIDTH);
  readonly #doubts: Set<string> = new Set();
  #wereMissing = false;
  #waits = 0;

  constructor(driver: Driver, deadline: Deadline, wanted: WaitForReplicas) {
    this.#driver = driver;
    this.#deadline = deadline;
    this.#wanted = wanted;
  }

  /** Tells whether what is read of this key may be on the primary alone. */
  doubts(key: string): boolean {
    return this.#doubts.has(key);
  }

  /** Reads the value of a key in doubt. */
  async read(key: string): Promise<unknown> {
    const value = await this.#deadline.bound(
      runScript(REWRITE, key, [], (command) => this.#sendAndWait(key, command)),
    );
    this.#doubts.delete(key);
    return value;
  }

  /** Compares and sets, and says whether it did. */
  async compareAndSet(key: string, args: readonly string[]): Promise<boolean> {
    let won = false;
    try {
      const send = (command: Command): Promise<unknown> => this.#sendAndWait(key, command);
      won = String(await this.#deadline.bound(runScript(COMPARE_AND_SET, key, args, send))) === '1';
      return won;
    } finally {
      // Also a lost comparison is in doubt: the client may have sent a write twice, and the second one answered.
      if (won) this.#doubts.delete(key);
      else this.#doubt(key);
    }
  }

  #doubt(key: string): void {
    this.#doubts.add(key);
    const [oldest] = this.#doubts;
    if (this.#doubts.size > MAX_DOUBTS && oldest !== undefined) this.#doubts.delete(oldest);
  }

  async #sendAndWait(key: string, command: Command): Promise<unknown> {
    const latest = performance.now() + this.#deadline.milliseconds;
    // Commands sent together have no limit of their own on how long they may wait to be sent.
    if (this.#deadline.missedLately) await this.#driver.send(key, ['getex', key]);
    return await this.#gate.pass(async () => {
      if (performance.now() >= latest) throw new Error('Too many writes were waiting for replicas');
      const wait = this.#nextWait();
      const { replicas } = this.#wanted;
      const commands = [command, ['wait', String(replicas), String(wait)]];
      const [reply, reached] = await this.#deadline.bound(this.#sendWhereItMoved(key, commands));
      this.#wereMissing = Number(reached) < replicas;
      if (!this.#wereMissing) return reply;
      throw new Error(`A write reached ${Number(reached)} of ${replicas} replicas within ${wait} ms`);
    });
  }

  /** Gives how long to wait. While replicas are missing it is mostly short, so that reads get through between the waits. */
  #nextWait(): number {
    this.#waits += 1;
    const isShort = this.#wereMissing && this.#waits % SHORT_WAIT !== 0;
    return isShort ? Math.ceil(this.#wanted.timeout / SHORT_WAIT) : this.#wanted.timeout;
  }

  /** Sends commands on one connection, since WAIT looks at what was written on its own. */
  async #sendWhereItMoved(key: string, commands: readonly Command[]): Promise<readonly unknown[]> {
    for (let move = 1; ; move += 1) {
      try {
        return await this.#driver.sendTogether(key, commands);
      } catch (error) {
        if (move > MAX_MOVES || !(error instanceof Error && error.message.startsWith('MOVED '))) throw error;
        // A server that does not have the key has written nothing. A single command makes the client learn who has.
        await this.#driver.send(key, ['getex', key]);
      }
    }
  }
}
