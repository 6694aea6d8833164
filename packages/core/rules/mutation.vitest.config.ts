import { defineConfig } from 'vitest/config';

/** Runs the tests that stand beside the mutated modules; those of whole sessions would only make each mutant slower to judge. */
export default defineConfig({
  ssr: { resolve: { conditions: ['@coatcheck/source', 'node'] } },
  test: {
    include: [
      'src/{session,http}/*.test.ts',
      'src/records/record.test.ts',
      'src/users/user-index.test.ts',
      'src/http/transports/*.test.ts',
      'test/behaviour/transitions-and-verdicts.test.ts',
    ],
  },
});
