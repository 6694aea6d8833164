import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { type StoreFactory, testStoreContract } from '@coatcheck/store-contract';
import { argumentsFor, bin } from './binaries.ts';

/** Runs the clauses of the store contract in Bun or Deno, whose own test runners watch for connections that stay open. Prints those that fail, and how many pass. */
export async function runClauses(factories: readonly StoreFactory[]): Promise<void> {
  const clauses: { title: string; run: () => Promise<void> }[] = [];
  const runner = {
    describe: (_name: string, define: () => void) => define(),
    it: (title: string, run: () => Promise<void>) => clauses.push({ title, run }),
  };
  for (const factory of factories) testStoreContract(runner, factory);
  let passed = 0;
  for (const { title, run } of clauses) {
    try {
      await run();
      passed += 1;
    } catch (error) {
      console.log(`${title}: ${error}`);
    }
  }
  console.log(`${passed} of ${clauses.length} clauses`);
}

/** Runs a program in Bun or Deno, and resolves to what it prints. */
export async function outputOf(
  runtime: 'bun' | 'deno',
  file: URL,
  ...given: readonly string[]
): Promise<string> {
  const args = { bun: [], deno: ['run', '-A', '--no-lock', '--no-check'] };
  const program = [...args[runtime], ...(await argumentsFor(file)), ...given];
  return (await promisify(execFile)(bin(runtime), program, { timeout: 60_000 })).stdout;
}

/** What a program prints that has run every clause, and lost none. */
export const ALL_PASSED: RegExp = /^([1-9]\d+) of \1 clauses$/m;
