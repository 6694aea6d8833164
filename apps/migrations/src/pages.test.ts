import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const docs = join(import.meta.dirname, '../../../docs');
const pages = globSync('*.md', { cwd: docs }).map((name) => readFileSync(join(docs, name), 'utf8'));
const files = globSync(['{before,after,native}/*.ts', '*.ts'], { cwd: import.meta.dirname }).filter(
  (name) => !name.endsWith('.test.ts'),
);

it.each(files)('%s is shown unchanged in the documentation', (name) => {
  const block = `\`\`\`ts\n// ${name}\n${readFileSync(join(import.meta.dirname, name), 'utf8')}\`\`\``;
  const shown = pages.filter((page) => page.includes('\n// before/') && page.includes(`\n// ${name}\n`));
  expect(shown.length).toBeGreaterThan(0);
  for (const page of shown) expect(page).toContain(block);
});

it('the documentation shows no app that is not tested', () => {
  const shown = pages.flatMap((page) => [...page.matchAll(/^\/\/ ((?:before|after|native)\/\S+)$/gm)]);
  expect(shown.map(([, name]) => name).sort()).toEqual(files.filter((name) => name.includes('/')).sort());
});
