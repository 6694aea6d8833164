import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');

it('the hook is shown unchanged in docs/recipes.md', () => {
  expect(read('../../../docs/recipes.md')).toContain(`\`\`\`ts\n${read('../src/hooks.server.ts')}\`\`\``);
});
