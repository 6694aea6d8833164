import type { Steps } from './steps.ts';

/** An adapter with one fault. */
export interface Mutant {
  /** What it does wrong. */
  readonly fault: string;
  /** The steps that it takes wrongly. */
  readonly steps: Partial<Steps>;
  /** The titles of the clauses that must fail: those that name the fault, and no others. */
  readonly fails: readonly string[];
}
