import type { Awaitable } from '@coatcheck/core';
import { isBusy } from '../errors.ts';

/** So many tries follow on the next turns of the event loop: most writes hold the lock for less than a millisecond. */
const TRIES_AT_ONCE = 2;
/** Then the pauses grow up to this, in milliseconds. */
const LONGEST_PAUSE = 16;

/**
 * Waits for the lock of another connection between turns of the event loop. SQLite's own wait would stop the process, and with it every request that needs no lock.
 */
export class LockWait {
  readonly #timeout: number;
  readonly #explain: (error: unknown) => unknown;

  /** Takes how long a call waits in all, in milliseconds, and what turns an error of the driver into the error to throw. With 0 a call does not wait: the driver has. */
  constructor(timeout: number, explain: (error: unknown) => unknown) {
    this.#timeout = timeout;
    this.#explain = explain;
  }

  /** Makes a call, and repeats it while another connection has the lock. Returns a plain value if the first try succeeds. A refused call must have changed nothing. */
  run<Result>(call: () => Result): Awaitable<Result> {
    try {
      return call();
    } catch (error) {
      if (this.#timeout === 0 || !isBusy(error)) throw this.#explain(error);
    }
    return this.#repeat(call);
  }

  async #repeat<Result>(call: () => Result): Promise<Result> {
    const deadline = performance.now() + this.#timeout;
    for (let tries = 0; ; tries += 1) {
      await pauseAfter(tries);
      try {
        return call();
      } catch (error) {
        if (!isBusy(error) || performance.now() >= deadline) throw this.#explain(error);
      }
    }
  }
}

/** Resolves when the next try is due. The pauses are random, so that waiting calls do not meet again. */
function pauseAfter(tries: number): Promise<void> {
  return new Promise((resolve) => {
    if (tries < TRIES_AT_ONCE) setImmediate(resolve);
    else setTimeout(resolve, Math.min(2 ** (tries - TRIES_AT_ONCE), LONGEST_PAUSE) * (0.5 + Math.random()));
  });
}
