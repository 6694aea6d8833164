import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { changelogPage } from './.vitepress/changelog.ts';

it('shows what waits for a release under each package that it changes, above what is released', async () => {
  const root = mkdtempSync(join(tmpdir(), 'coatcheck-changelog-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  for (const folder of ['.changeset', 'packages/core', 'packages/hono', 'packages/koa']) {
    mkdirSync(join(root, folder), { recursive: true });
  }
  const change =
    "---\n'@coatcheck/core': minor\n'@coatcheck/hono': patch\n---\n\nEnds sessions.\n\nAt once.\n";
  writeFileSync(join(root, '.changeset/brave-coats.md'), change);
  const changelog = '# @coatcheck/core\n\n## 1.0.0\n\n### Major Changes\n\n- Begins sessions.\n';
  writeFileSync(join(root, 'packages/core/CHANGELOG.md'), changelog);
  const packages = ['core', 'hono', 'koa'].map((name) => [`@coatcheck/${name}`, name] as const);

  const [, page] = (await changelogPage(root, new Map(packages))).split('published with it.\n\n');
  expect(page).toBe(`## @coatcheck/core

### Unreleased

- Ends sessions.

  At once.

### 1.0.0

#### Major Changes

- Begins sessions.

## @coatcheck/hono

### Unreleased

- Ends sessions.

  At once.

## @coatcheck/koa

Nothing is released yet.
`);
});
