import { defineConfig } from 'vitest/config';

/** Runs the tests of a copy of the core; `scripts/rules.ts` gives the root. */
export default defineConfig({
  ssr: { resolve: { conditions: ['@coatcheck/source', 'node'] } },
  test: { include: ['{src,test}/**/*.test.ts'], exclude: [] },
});
