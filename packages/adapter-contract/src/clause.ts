import type { Lab } from './lab.ts';

/** One promise of the contract, and the trial that an adapter must stand. */
export interface Clause {
  /** What an adapter does that keeps the promise. */
  readonly title: string;
  /** Rejects where the adapter does otherwise. */
  readonly check: (lab: Lab) => Promise<void>;
}

/** Clauses about one matter. */
export interface ClauseGroup {
  readonly title: string;
  readonly clauses: readonly Clause[];
}
