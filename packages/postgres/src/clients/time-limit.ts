/** One call of the store until it settles. */
export class Call {
  readonly #milliseconds: number;
  #isOver = false;
  #whenOver: (() => void) | undefined;

  constructor(milliseconds: number) {
    this.#milliseconds = milliseconds;
  }

  /** Tells whether the call has timed out. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Throws if the call has timed out, because nothing may be sent then. */
  demandTime(): void {
    if (this.#isOver) throw new QueryTimeoutError(this.#milliseconds);
  }

  /** Runs `action` if the call times out; replaces the earlier action, and undefined removes it. */
  whenOver(action: (() => void) | undefined): void {
    this.#whenOver = action;
  }

  /** Ends the call. Returns the error that reports the timeout. */
  giveUp(): Error {
    this.#isOver = true;
    this.#whenOver?.();
    return new QueryTimeoutError(this.#milliseconds);
  }
}

/** Settles as `work` does, or rejects once the time is over. A later result of the work is ignored. */
export function withTimeLimit<T>(milliseconds: number, work: (call: Call) => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const call = new Call(milliseconds);
    let isSettled = false;
    const timer = setTimeout(() => {
      // If this process was busy, the response may already have arrived. It is read before an immediate runs.
      setImmediate(() => {
        if (!isSettled) reject(call.giveUp());
      });
    }, milliseconds);
    const settle = (): void => {
      isSettled = true;
      clearTimeout(timer);
    };
    work(call).then(
      (value) => {
        settle();
        resolve(value);
      },
      (error: unknown) => {
        settle();
        reject(error);
      },
    );
  });
}

/** Says that PostgreSQL did not respond in time. What was sent may still be executed. */
class QueryTimeoutError extends Error {
  /** What kind of failure it was, in the words of the operating system. */
  readonly code = 'ETIMEDOUT';

  constructor(milliseconds: number) {
    super(`PostgreSQL did not respond within ${milliseconds} ms, which is the queryTimeout of this store`);
    this.name = 'QueryTimeoutError';
  }
}
