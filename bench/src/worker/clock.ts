/** The clock of a side, which can be put forward. It also moves Date.now for libraries that cannot be given a clock. */
export class Clock {
  readonly #real: () => number = Date.now;
  #ahead = 0;

  /** Is the platform's clock itself until it is put forward, so that it costs no measurement anything. */
  now(): number {
    return Date.now();
  }

  forward(milliseconds: number): void {
    this.#ahead += milliseconds;
    Date.now = () => this.#real() + this.#ahead;
  }
}
