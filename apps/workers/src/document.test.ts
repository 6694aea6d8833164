import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');
const page = read('../../../docs/runtimes.md');

it('the worker is shown unchanged in docs/runtimes.md', () => {
  expect(page).toContain(`\`\`\`ts\n// src/worker.ts\n${read('./worker.ts')}\`\`\``);
});

it('the configuration of Wrangler is shown unchanged in docs/runtimes.md', () => {
  const indented = read('../wrangler.jsonc').replace(/^(?=.)/gm, '   ');
  expect(page).toContain(`   \`\`\`json\n${indented}   \`\`\``);
});
