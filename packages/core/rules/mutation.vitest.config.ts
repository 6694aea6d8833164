import { defineConfig } from 'vitest/config';

/** Runs the tests that stand beside the mutated modules; those of whole sessions would only make each mutant slower to judge. */
export default defineConfig({
  ssr: { resolve: { conditions: ['@coatcheck/source', 'node'] } },
  test: {
    include: [
      'src/{token,expiry,lifecycle,admission,record,user-index,cross-site,transitions-and-verdicts}.test.ts',
      'src/transports/*.test.ts',
    ],
  },
});
