import { type MemoryStore, memoryStore, type SessionStore, type StoreRecord } from '@coatcheck/core';

/** A memory store that is as asynchronous as a real one, counts calls, and fails on request. */
export class ObservedStore implements SessionStore {
  readonly #store: MemoryStore = memoryStore();
  reads = 0;
  writes = 0;
  isFailing = false;
  /** How long each call takes, in milliseconds. */
  latency = 0;

  get records(): number {
    return this.#store.size;
  }

  async read(key: string): Promise<StoreRecord | undefined> {
    this.reads += 1;
    await this.#respond();
    return this.#store.read(key);
  }

  async compareAndSet(key: string, expected: number | null, next: StoreRecord | null): Promise<boolean> {
    this.writes += 1;
    await this.#respond();
    return this.#store.compareAndSet(key, expected, next);
  }

  /** Lets all other pending work run first, so that no result arrives early by chance. */
  async #respond(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, this.latency));
    if (this.isFailing) throw new Error('The database of the contract is down.');
  }
}
