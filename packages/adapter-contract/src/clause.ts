import type { Lab } from './lab.ts';

/** One promise of the contract and the check for it. */
export interface Clause {
  /** What an adapter that keeps the promise does. */
  readonly title: string;
  /** Rejects if the adapter does not keep the promise. */
  readonly check: (lab: Lab) => Promise<void>;
}

/** Clauses about one subject. */
export interface ClauseGroup {
  readonly title: string;
  readonly clauses: readonly Clause[];
}
