import type { StoreFactory } from '../../src/factory.ts';
import { testStoreContract } from '../../src/test-store-contract.ts';

/** The outcome of one clause. */
export interface Outcome {
  readonly title: string;
  /** Undefined if it passed. */
  readonly error: unknown;
}

/** Runs the clauses one after another, outside any test runner. `only` selects clauses by title. */
export async function collect(factory: StoreFactory, only: RegExp = /./): Promise<Outcome[]> {
  const clauses: { title: string; run: () => Promise<void> }[] = [];
  testStoreContract(
    {
      describe: (_name, define) => define(),
      it: (title, run) => clauses.push({ title, run }),
    },
    factory,
  );
  const outcomes: Outcome[] = [];
  for (const { title, run } of clauses) {
    if (!only.test(title)) continue;
    outcomes.push({ title, error: await run().then(() => undefined, toError) });
  }
  return outcomes;
}

function toError(error: unknown): unknown {
  return error ?? new Error('The clause rejected with undefined.');
}
