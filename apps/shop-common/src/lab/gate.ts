/** Holds requests back until it is opened, so that an act can decide what happens in the meantime. */
export class Gate {
  readonly #expected: number;
  readonly #full = Promise.withResolvers<void>();
  readonly #opened = Promise.withResolvers<void>();
  #waiting = 0;

  /** `expected` is the number of requests after which the gate is full. */
  constructor(expected: number) {
    this.#expected = expected;
  }

  /** Resolves once as many requests wait as are expected. */
  get full(): Promise<void> {
    return this.#full.promise;
  }

  /** Waits until the gate is opened. */
  pass(): Promise<void> {
    this.#waiting += 1;
    if (this.#waiting === this.#expected) this.#full.resolve();
    return this.#opened.promise;
  }

  /** Lets all requests go on, and those that come later. */
  open(): void {
    this.#opened.resolve();
  }
}
