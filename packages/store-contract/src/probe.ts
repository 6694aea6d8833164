import type { SessionStore, StoreRecord } from '@coatcheck/core';

/**
 * Calls a store and interprets its results leniently: null counts as absent, 1 as true, '5' as 5.
 *
 * So a store that returns wrong types fails only the clause about types, and the other clauses can still find its other faults.
 */
export class Probe {
  /** The store itself, for the clauses that check what it returns. */
  readonly store: SessionStore;

  constructor(store: SessionStore) {
    this.store = store;
  }

  async read(key: string): Promise<StoreRecord | undefined> {
    const found = await this.store.read(key);
    if (found === undefined || found === null) return undefined;
    return {
      version: Number(found.version),
      expiresAt: Number(found.expiresAt),
      body: String(found.body),
    };
  }

  async create(key: string, next: StoreRecord): Promise<boolean> {
    return Boolean(await this.store.compareAndSet(key, null, next));
  }

  async replace(key: string, expected: number, next: StoreRecord): Promise<boolean> {
    return Boolean(await this.store.compareAndSet(key, expected, next));
  }

  async delete(key: string, expected: number): Promise<boolean> {
    return Boolean(await this.store.compareAndSet(key, expected, null));
  }

  /** Writes a record that a clause needs as its starting point. */
  async put(key: string, record: StoreRecord): Promise<void> {
    if (await this.create(key, record)) return;
    throw new Error(
      `compareAndSet must create a record under ${JSON.stringify(key)}, where there is none; it returned false.`,
    );
  }
}
