import { describe, expect, it, vi } from 'vitest';
import { BODY_MUTANTS } from './mutants/body-mutants.ts';
import { BROADCASTING_MUTANTS } from './mutants/broadcasting-mutants.ts';
import { collect } from './mutants/collect.ts';
import { COMPARING_MUTANTS } from './mutants/comparing-mutants.ts';
import { EXPIRY_MUTANTS } from './mutants/expiry-mutants.ts';
import { FAILING_MUTANTS } from './mutants/failing-mutants.ts';
import type { Parts } from './mutants/mutant.ts';
import { mutantFactory } from './mutants/mutant-factory.ts';

// A message that must arrive, and does not, is waited for.
vi.setConfig({ testTimeout: 20_000 });

const MUTANTS = [
  ...COMPARING_MUTANTS,
  ...BODY_MUTANTS,
  ...EXPIRY_MUTANTS,
  ...FAILING_MUTANTS,
  ...BROADCASTING_MUTANTS,
];

describe.concurrent('a mutant fails exactly the clauses that name its fault', () => {
  it.for(MUTANTS)('$fault', async ({ make, fails }) => {
    const outcomes = await collect(mutantFactory(make));
    const failed = outcomes.filter(({ error }) => error !== undefined).map(({ title }) => title);
    expect(failed).toEqual(fails);
  });

  it('has a mutant for every clause but one', async () => {
    const named = new Set(MUTANTS.flatMap(({ fails }) => fails));
    const outcomes = await collect(mutantFactory(({ store }: Parts) => store));
    const unnamed = outcomes.map(({ title }) => title).filter((title) => !named.has(title));
    expect(unnamed).toEqual(['creates a record if there is none']);
  });
});
