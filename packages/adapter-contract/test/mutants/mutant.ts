import type { Steps } from './steps.ts';

/** An adapter with one fault. */
export interface Mutant {
  /** What it does wrong. */
  readonly fault: string;
  /** The steps that it gets wrong. */
  readonly steps: Partial<Steps>;
  /** The titles of exactly those clauses that must fail. */
  readonly fails: readonly string[];
}
