import type { SessionStore, StoreRecord } from '@coatcheck/core';

/**
 * Calls a store and reads its answers with leniency: null counts as absent, 1 as true, '5' as 5.
 *
 * A store that answers in the wrong type so fails the one clause about types, and its other faults can still be seen.
 */
export class Probe {
  /** The store itself, for the clauses that judge how it answers. */
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

  /** Writes a record that a clause needs before it begins. */
  async put(key: string, record: StoreRecord): Promise<void> {
    if (await this.create(key, record)) return;
    throw new Error(`The store did not create a record under ${JSON.stringify(key)}, where there was none`);
  }
}
