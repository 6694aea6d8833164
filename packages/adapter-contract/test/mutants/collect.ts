import { listen } from '../../src/listen.ts';
import { testAdapterContract } from '../../src/test-adapter-contract.ts';
import { serverOf } from './routes.ts';
import { type Steps, steps } from './steps.ts';

/** The outcome of one clause. */
export interface Outcome {
  readonly title: string;
  /** Undefined if it passed. */
  readonly error: unknown;
}

/** Runs all clauses concurrently, outside any test runner. */
export function collect(faulty: Partial<Steps>): Promise<Outcome[]> {
  const clauses: { title: string; run: () => Promise<void> }[] = [];
  testAdapterContract(
    { describe: (_name, define) => define(), it: (title, run) => clauses.push({ title, run }) },
    { serve: (app) => listen(serverOf(app, { ...steps, ...faulty })) },
  );
  return Promise.all(
    clauses.map(async ({ title, run }) => ({ title, error: await run().then(() => undefined, toError) })),
  );
}

function toError(error: unknown): unknown {
  return error ?? new Error('The clause rejected with undefined.');
}
