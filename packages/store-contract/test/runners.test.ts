import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { testStoreContract } from '../src/index.ts';
import { collect } from './mutants/collect.ts';
import { mutantFactory } from './mutants/mutant-factory.ts';

const UNDER_NODE_TEST = fileURLToPath(new URL('./mutants/under-node-test.ts', import.meta.url));

testStoreContract(
  { describe, it },
  mutantFactory(({ store }) => store),
);

describe('under node:test', () => {
  it('passes every clause for a correct store', async () => {
    const clauses = await collect(mutantFactory(({ store }) => store));
    const { status, stdout } = runUnderNodeTest();
    expect(stdout).toContain(`# pass ${clauses.length}\n`);
    expect(stdout).toContain('# fail 0\n');
    expect(status).toBe(0);
  }, 30_000);

  it('fails the clause that names the fault of a store', () => {
    const { status, stdout } = runUnderNodeTest('reports a failed read as an absent record');
    expect(stdout).toContain('not ok 1 - rejects a failed read, and never reports it as an absent record\n');
    expect(stdout).toContain('# fail 1\n');
    expect(status).toBe(1);
  }, 30_000);
});

function runUnderNodeTest(...fault: string[]): { status: number | null; stdout: string } {
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  return spawnSync(process.execPath, ['--test-reporter=tap', UNDER_NODE_TEST, ...fault], {
    encoding: 'utf8',
    env,
  });
}
