import type { StoreFactory } from './factory.ts';
import type { Lab } from './lab.ts';

/** One promise of the contract and the check for it. */
export interface Clause {
  /** What a store that keeps the promise does. */
  readonly title: string;
  /** Rejects if the store does not keep the promise. */
  readonly check: (lab: Lab) => Promise<void>;
}

/** Clauses about one subject. */
export interface ClauseGroup {
  readonly title: string;
  /** Lists the clauses. Some of them depend on what the factory can create. */
  readonly clauses: (factory: StoreFactory) => readonly Clause[];
}
