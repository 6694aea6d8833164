/** Keeps JSON strings in a map: the least that a store of one process can do and still be one, for libraries that bring none. */
export class JsonStore {
  readonly #texts = new Map<string, string>();

  get(key: string): unknown {
    const text = this.#texts.get(key);
    return text === undefined ? undefined : JSON.parse(text);
  }

  set(key: string, value: unknown): void {
    this.#texts.set(key, JSON.stringify(value));
  }

  delete(key: string): void {
    this.#texts.delete(key);
  }
}
