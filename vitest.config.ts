import { defineConfig } from 'vitest/config';
import { CountReporter } from './scripts/count-reporter.ts';

// Tests run on the sources of the packages, without a build. `resolve.conditions` alone does nothing here.
const ssr = { resolve: { conditions: ['@coatcheck/source', 'node', 'default'] } };

export default defineConfig({
  test: {
    reporters: ['default', new CountReporter()],
    // Vitest leaves one core free, of two. The tests wait for servers and browsers much of the time.
    maxWorkers: '100%',
    coverage: {
      provider: 'v8',
      include: ['packages/*/src/**/*.ts'],
      exclude: ['**/*.test.ts', '**/*.test-d.ts'],
    },
    projects: [
      {
        ssr,
        test: {
          name: 'unit',
          include: [
            'packages/*/{src,test}/**/*.test.ts',
            'apps/**/*.test.ts',
            'bench/**/*.test.ts',
            'docs/*.test.ts',
            'scripts/**/*.test.ts',
          ],
          exclude: ['**/node_modules/**', '**/dist/**', 'scripts/e2e/**'],
        },
      },
      {
        ssr,
        test: {
          name: 'types',
          include: [],
          typecheck: {
            enabled: true,
            only: true,
            checker: 'tsc',
            tsconfig: './tsconfig.types.json',
            include: ['packages/*/{src,test}/**/*.test-d.ts', 'apps/**/*.test-d.ts'],
            exclude: ['**/node_modules/**', '**/dist/**', 'scripts/e2e/**'],
          },
        },
      },
    ],
  },
});
