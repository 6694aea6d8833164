import { expect, it } from 'vitest';
import { foldersOf } from './test-changed.mjs';

it('finds the folders whose tests are beside changed files, each once', () => {
  const files = [
    'packages/core/src/config/config.ts',
    'packages/core/src/index.ts',
    'packages/core/test/behaviour/rules.test.ts',
    'apps/shop-common/src/shop.ts',
    'scripts/ci.mjs',
  ];
  expect(foldersOf(files)).toEqual([
    'packages/core/src/',
    'packages/core/test/',
    'apps/shop-common/src/',
    'scripts/',
  ]);
});

it('finds none for a file beside which there are no tests', () => {
  expect(foldersOf(['README.md', 'packages/core/package.json', ''])).toEqual([]);
});
