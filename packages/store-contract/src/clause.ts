import type { StoreFactory } from './factory.ts';
import type { Lab } from './lab.ts';

/** One promise of the contract, and the trial that a store must stand. */
export interface Clause {
  /** What a store does that keeps the promise. */
  readonly title: string;
  /** Rejects where the store does otherwise. */
  readonly check: (lab: Lab) => Promise<void>;
}

/** Clauses about one matter. */
export interface ClauseGroup {
  readonly title: string;
  /** Lists the clauses; which of them can be tried may depend on what the factory can make. */
  readonly clauses: (factory: StoreFactory) => readonly Clause[];
}
