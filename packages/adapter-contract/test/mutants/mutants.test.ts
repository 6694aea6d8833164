import { describe, expect, it } from 'vitest';
import { collect } from './collect.ts';
import type { Mutant } from './mutant.ts';
import { sealingMutants } from './sealing-mutants.ts';
import { sessionMutants } from './session-mutants.ts';
import { viewMutants } from './view-mutants.ts';
import { visitMutants } from './visit-mutants.ts';

const MUTANTS: readonly Mutant[] = [...sealingMutants, ...sessionMutants, ...viewMutants, ...visitMutants];

describe('the kit', () => {
  it('passes a correct adapter', async () => {
    const failed = (await collect({})).filter(({ error }) => error !== undefined);
    expect(failed).toEqual([]);
  });

  it.each(MUTANTS)(
    'fails exactly the clauses that name the fault for an adapter that $fault',
    async ({ steps, fails }) => {
      const outcomes = await collect(steps);
      const failed = outcomes.filter(({ error }) => error !== undefined).map(({ title }) => title);
      expect(failed.sort()).toEqual([...fails].sort());
    },
  );

  it('has a mutant for every clause', async () => {
    const named = new Set(MUTANTS.flatMap(({ fails }) => fails));
    const titles = (await collect({})).map(({ title }) => title);
    expect(titles.filter((title) => !named.has(title))).toEqual([]);
  });
});
