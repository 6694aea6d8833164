/** How long after a missed deadline commands get a timeout of their own, in milliseconds. */
const CAUTION_PERIOD = 10_000;

/** Runs a function after what has been received is processed. Not every runtime has `setImmediate`. */
const afterInput: (run: () => void) => unknown =
  typeof setImmediate === 'function' ? (run) => setImmediate(run) : (run) => setTimeout(run, 0);

/** Limits how long calls may take. */
export class Deadline {
  /** The maximum duration of a call, in milliseconds. */
  readonly milliseconds: number;
  #misses = 0;
  #cautionUntil = Number.NEGATIVE_INFINITY;

  constructor(milliseconds: number) {
    this.milliseconds = milliseconds;
  }

  /** How many calls have timed out. */
  get misses(): number {
    return this.#misses;
  }

  /** Tells whether a call has timed out recently, so that others may too. */
  get missedLately(): boolean {
    return performance.now() < this.#cautionUntil;
  }

  /** Settles like the reply, or rejects at the deadline. A later reply is ignored. */
  bound<T>(reply: PromiseLike<T>): Promise<T> {
    return this.boundAndRead(reply, (value) => value);
  }

  /** Resolves to the result of `read` for a reply that arrives in time. One promise does both, because each promise is a considerable part of a call's cost. */
  boundAndRead<T, R>(
    reply: PromiseLike<T>,
    read: (value: T) => R,
    milliseconds: number = this.milliseconds,
  ): Promise<R> {
    return new Promise((resolve, reject) => {
      let isSettled = false;
      const timer = setTimeout(() => {
        // If this process was busy, the reply may already be here. It is processed before the immediate runs.
        afterInput(() => {
          if (!isSettled) reject(this.#miss(milliseconds));
        });
      }, milliseconds);
      reply.then(
        (value) => {
          isSettled = true;
          clearTimeout(timer);
          try {
            resolve(read(value));
          } catch (error) {
            reject(error);
          }
        },
        (error: unknown) => {
          isSettled = true;
          clearTimeout(timer);
          reject(error);
        },
      );
    });
  }

  #miss(milliseconds: number): Error {
    this.#misses += 1;
    this.#cautionUntil = performance.now() + CAUTION_PERIOD;
    return new CommandTimeoutError(milliseconds);
  }
}

/** Reports that Redis did not reply in time. The command may still be executed later. */
export class CommandTimeoutError extends Error {
  /** The error code that the operating system uses for a timeout. */
  readonly code = 'ETIMEDOUT';

  constructor(milliseconds: number) {
    super(
      `Redis did not reply within commandTimeout (${milliseconds} ms). The command may still be executed later.`,
    );
    this.name = 'CommandTimeoutError';
  }
}
