interface Moment {
  readonly at: number;
  readonly order: number;
  readonly happen: () => void;
}

/** Runs what happens in simulated time: each event at its moment, and all that follows from it before the next. No real clock, no real timer. */
export class Timeline {
  #now: number;
  #order = 0;
  /** A binary heap, the earliest first. */
  readonly #queue: Moment[] = [];

  constructor(start: number) {
    this.#now = start;
  }

  /** The true time in milliseconds, which no server's clock need show. */
  get now(): number {
    return this.#now;
  }

  /** Resolves when the time has passed. */
  sleep(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      this.#push({ at: this.#now + milliseconds, order: this.#nextOrder(), happen: resolve });
    });
  }

  /** Lets time pass until nothing is left to happen. */
  async run(): Promise<void> {
    for (;;) {
      await allMicrotasks();
      const next = this.#pop();
      if (next === undefined) return;
      this.#now = next.at;
      next.happen();
    }
  }

  #nextOrder(): number {
    this.#order += 1;
    return this.#order;
  }

  #push(moment: Moment): void {
    const queue = this.#queue;
    let i = queue.push(moment) - 1;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (!this.#swapIfLater(parent, i)) return;
      i = parent;
    }
  }

  #pop(): Moment | undefined {
    const queue = this.#queue;
    const first = queue[0];
    const last = queue.pop();
    if (first === undefined || last === undefined || queue.length === 0) return first;
    queue[0] = last;
    for (let i = 0; ; ) {
      const left = 2 * i + 1;
      const right = left + 1;
      const child = this.#isLater(left, right) ? right : left;
      if (!this.#swapIfLater(i, child)) return first;
      i = child;
    }
  }

  #swapIfLater(parent: number, child: number): boolean {
    if (!this.#isLater(parent, child)) return false;
    const queue = this.#queue;
    const [above, below] = [queue[parent], queue[child]];
    if (above === undefined || below === undefined) return false;
    queue[parent] = below;
    queue[child] = above;
    return true;
  }

  /** Tells whether the moment at `i` comes after the one at `j`, where both exist. */
  #isLater(i: number, j: number): boolean {
    const [one, other] = [this.#queue[i], this.#queue[j]];
    if (one === undefined || other === undefined) return false;
    return one.at === other.at ? one.order > other.order : one.at > other.at;
  }
}

/** Waits for the next turn of the event loop, before which every microtask has run. */
function allMicrotasks(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
