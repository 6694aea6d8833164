import type { SessionStore } from '@coatcheck/core';
import type { StoreElsewhere, StoreFactory } from './factory.ts';
import { Probe } from './probe.ts';

/** Hands one clause the stores it asks for, and closes them after it. */
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
    if (store === undefined) throw new Error('createBrokenStore gave no store');
    return this.#keep(store);
  }

  async elsewhere({ store }: Probe): Promise<StoreElsewhere> {
    const elsewhere = await this.#factory.openElsewhere?.(store);
    if (elsewhere === undefined) throw new Error('openElsewhere gave nothing to open');
    return elsewhere;
  }

  /** Closes what was opened, the last one first. A store that fails at this is judged by the clause about closing. */
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
