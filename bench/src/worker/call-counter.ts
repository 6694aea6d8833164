/** Counts the calls of a store's methods. Where nothing is counted the store stays as it is, so that counting costs no measurement anything. */
export class CallCounter {
  readonly #isCounting: boolean;
  readonly #counts = new Map<string, number>();

  constructor(isCounting: boolean) {
    this.#isCounting = isCounting;
  }

  /** Puts a counter before each named method. */
  watch(store: object, methods: readonly string[]): void {
    if (!this.#isCounting) return;
    const counts = this.#counts;
    for (const name of methods) {
      const method: unknown = Reflect.get(store, name);
      if (typeof method !== 'function') throw new Error(`The store has no ${name}`);
      Reflect.set(store, name, function counted(this: unknown, ...given: unknown[]): unknown {
        counts.set(name, (counts.get(name) ?? 0) + 1);
        return Reflect.apply(method, this, given);
      });
    }
  }

  reset(): void {
    this.#counts.clear();
  }

  counts(): Record<string, number> {
    return Object.fromEntries(this.#counts);
  }
}
