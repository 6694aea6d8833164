/** How many children an entry has: four share a cache line, and the tree is half as deep as a binary one. */
const CHILDREN = 4;
const FIRST_CAPACITY = 64;

/** Orders keys by time, the earliest first: a heap in two arrays, 16 bytes a key. */
export class ExpiryQueue {
  #times = new Float64Array(FIRST_CAPACITY);
  readonly #keys: string[] = [];

  /** The earliest time; `Infinity` if the queue is empty. */
  get earliest(): number {
    return this.#keys.length === 0 ? Number.POSITIVE_INFINITY : this.#timeAt(0);
  }

  /** Adds a key with its time. A key may be added several times. */
  add(key: string, time: number): void {
    let at = this.#keys.length;
    if (at === this.#times.length) this.#grow();
    this.#keys.push(key);
    while (at > 0) {
      const parent = Math.floor((at - 1) / CHILDREN);
      if (this.#timeAt(parent) <= time) break;
      this.#move(parent, at);
      at = parent;
    }
    this.#put(at, key, time);
  }

  /** Removes and returns the key with the earliest time. */
  take(): string | undefined {
    const earliest = this.#keys[0];
    const last = this.#keys.pop();
    if (last === undefined || this.#keys.length === 0) return earliest;
    const time = this.#timeAt(this.#keys.length);
    let at = 0;
    for (let child = this.#earliestChild(at); child !== -1; child = this.#earliestChild(at)) {
      if (this.#timeAt(child) >= time) break;
      this.#move(child, at);
      at = child;
    }
    this.#put(at, last, time);
    return earliest;
  }

  clear(): void {
    this.#keys.length = 0;
    this.#times = new Float64Array(FIRST_CAPACITY);
  }

  #timeAt(index: number): number {
    return this.#times[index] ?? Number.POSITIVE_INFINITY;
  }

  #put(index: number, key: string, time: number): void {
    this.#keys[index] = key;
    this.#times[index] = time;
  }

  #move(from: number, to: number): void {
    this.#put(to, this.#keys[from] ?? '', this.#timeAt(from));
  }

  #earliestChild(parent: number): number {
    const first = parent * CHILDREN + 1;
    const end = Math.min(first + CHILDREN, this.#keys.length);
    let earliest = first < end ? first : -1;
    for (let child = first + 1; child < end; child += 1) {
      if (this.#timeAt(child) < this.#timeAt(earliest)) earliest = child;
    }
    return earliest;
  }

  #grow(): void {
    const larger = new Float64Array(Math.ceil(this.#times.length * 1.5));
    larger.set(this.#times);
    this.#times = larger;
  }
}
