import type { SessionStore } from '@coatcheck/core';
import type { StoreElsewhere, StoreFactory } from './factory.ts';
import { Probe } from './probe.ts';

/** Opens the stores that one clause asks for, and closes them afterwards. */
export class Lab {
  readonly #factory: StoreFactory;
  readonly #opened: SessionStore[] = [];

  constructor(factory: StoreFactory) {
    this.#factory = factory;
  }

  async store(): Promise<Probe> {
    return new Probe(this.#keep(await this.#factory.createStore()));
  }

  async neighbour({ store }: Probe): Promise<Probe> {
    return new Probe(this.#keep(await this.#factory.createNeighbour(store)));
  }

  async brokenStore(): Promise<SessionStore> {
    const store = await this.#factory.createBrokenStore?.();
    if (store === undefined) throw new Error('createBrokenStore must return a store; it returned undefined.');
    return this.#keep(store);
  }

  async elsewhere({ store }: Probe): Promise<StoreElsewhere> {
    const elsewhere = await this.#factory.openElsewhere?.(store);
    if (elsewhere === undefined)
      throw new Error('openElsewhere must return how to open the store; it returned undefined.');
    return elsewhere;
  }

  /** Closes what was opened, in reverse order. Ignores failures: the clause about closing reports them. */
  async close(): Promise<void> {
    for (const store of this.#opened.reverse()) {
      try {
        await store.close?.();
      } catch {}
    }
  }

  #keep(store: SessionStore): SessionStore {
    this.#opened.push(store);
    return store;
  }
}
