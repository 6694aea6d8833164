/** How many proofs a process remembers: about 10 MB. */
const MAX_PROOFS = 100_000;

/**
 * Remembers which proofs were used, by the second in which each was made. If there are too many, the oldest second is forgotten, and proofs of that second are refused
 * from then on: a full memory shortens the time for which a proof is accepted, and never accepts one twice.
 */
export class SpentProofs {
  readonly #max: number;
  readonly #seconds = new Map<number, Set<string>>();
  #size = 0;
  /** Proofs that were made in an earlier second are refused. */
  #from = Number.NEGATIVE_INFINITY;

  constructor(max: number = MAX_PROOFS) {
    this.#max = max;
  }

  /** Uses a proof that was made at `madeAt`, and returns whether it was new. Forgets those from before `oldest`. Both in seconds. */
  spend(id: string, madeAt: number, oldest: number): boolean {
    this.#forgetBefore(Math.floor(oldest));
    const second = Math.floor(madeAt);
    if (second < this.#from) return false;
    const spent = this.#seconds.get(second) ?? new Set();
    if (spent.has(id)) return false;
    this.#seconds.set(second, spent.add(id));
    this.#size += 1;
    while (this.#size > this.#max) this.#forgetBefore(Math.min(...this.#seconds.keys()) + 1);
    return true;
  }

  #forgetBefore(from: number): void {
    if (from <= this.#from) return;
    this.#from = from;
    for (const [second, spent] of this.#seconds) {
      if (second >= from) continue;
      this.#seconds.delete(second);
      this.#size -= spent.size;
    }
  }
}
