import { describe, it } from 'node:test';
import { testStoreContract } from '../../src/index.ts';
import { FAILING_MUTANTS } from './failing-mutants.ts';
import { mutantFactory } from './mutant-factory.ts';

// Run by node:test, with the fault of a mutant as its argument or without an argument.
const [, , fault] = process.argv;
const mutant = FAILING_MUTANTS.find((each) => each.fault === fault);
testStoreContract({ describe, it }, mutantFactory(mutant?.make ?? (({ store }) => store)));
