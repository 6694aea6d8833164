/** How long after a missed deadline commands are still sent with care. */
const CAREFUL_FOR = 10_000;

/** Bounds how long calls may take. */
export class Deadline {
  /** The longest that a call may take, in milliseconds. */
  readonly milliseconds: number;
  #misses = 0;
  #carefulUntil = Number.NEGATIVE_INFINITY;

  constructor(milliseconds: number) {
    this.milliseconds = milliseconds;
  }

  /** How many calls have taken too long. */
  get misses(): number {
    return this.#misses;
  }

  /** Tells whether a call took too long a short while ago, so that more may. */
  get missedLately(): boolean {
    return performance.now() < this.#carefulUntil;
  }

  /** Settles as the answer does, or rejects once its time is over. An answer that comes later has no effect. */
  bound<T>(answer: PromiseLike<T>): Promise<T> {
    return this.boundAndRead(answer, (value) => value);
  }

  /** Gives what is read from an answer that comes in time. One promise does both, since each is a good part of what a call costs. */
  boundAndRead<T, R>(answer: PromiseLike<T>, read: (value: T) => R): Promise<R> {
    return new Promise((resolve, reject) => {
      let isSettled = false;
      const timer = setTimeout(() => {
        // Where this process was too busy to look, the answer may have come. It is taken in before an immediate runs.
        setImmediate(() => {
          if (!isSettled) reject(this.#miss());
        });
      }, this.milliseconds);
      answer.then(
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

  #miss(): Error {
    this.#misses += 1;
    this.#carefulUntil = performance.now() + CAREFUL_FOR;
    return new CommandTimeoutError(this.milliseconds);
  }
}

/** Says that Redis did not answer in time. What was sent may still be carried out. */
class CommandTimeoutError extends Error {
  /** What kind of failure it was, in the words of the operating system. */
  readonly code = 'ETIMEDOUT';

  constructor(milliseconds: number) {
    super(`Redis did not answer within ${milliseconds} ms, which is the commandTimeout of this store`);
    this.name = 'CommandTimeoutError';
  }
}
