import { type MemoryStore, memoryStore, type SessionStore, type StoreRecord } from '@coatcheck/core';

/** A memory store that answers as late as a real one, counts what it is asked, and fails when told to. */
export class ObservedStore implements SessionStore {
  readonly #store: MemoryStore = memoryStore();
  reads = 0;
  writes = 0;
  isFailing = false;

  get records(): number {
    return this.#store.size;
  }

  async read(key: string): Promise<StoreRecord | undefined> {
    this.reads += 1;
    await this.#answer();
    return this.#store.read(key);
  }

  async compareAndSet(key: string, expected: number | null, next: StoreRecord | null): Promise<boolean> {
    this.writes += 1;
    await this.#answer();
    return this.#store.compareAndSet(key, expected, next);
  }

  /** Lets everything else that is due run first, so that nothing is there in time by chance. */
  async #answer(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, 0));
    if (this.isFailing) throw new Error('The database of the contract is down');
  }
}
