import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { listen, testAdapterContract } from '../src/index.ts';
import { serverOf } from './mutants/routes.ts';
import { steps } from './mutants/steps.ts';

const UNDER_NODE_TEST = fileURLToPath(new URL('./mutants/under-node-test.ts', import.meta.url));

let clauses = 0;
testAdapterContract(
  {
    describe,
    it: (title, run) => {
      clauses += 1;
      it(title, run);
    },
  },
  { serve: (app) => listen(serverOf(app, steps)) },
);

describe('under node:test', () => {
  it('passes every clause for a correct adapter', () => {
    const { NODE_TEST_CONTEXT: _, ...env } = process.env;
    const args = ['--conditions=@coatcheck/source', '--test-reporter=tap', UNDER_NODE_TEST];
    const { status, stdout } = spawnSync(process.execPath, args, { encoding: 'utf8', env });
    expect(stdout).toContain(`# pass ${clauses}\n`);
    expect(stdout).toContain('# fail 0\n');
    expect(status).toBe(0);
  }, 30_000);
});
