import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');

it.each(['session.ts', 'session.test.ts'])('%s is shown unchanged in docs/writing-an-adapter.md', (name) => {
  const block = `\`\`\`ts\n// node-http/${name}\n${read(`./${name}`)}\`\`\``;
  expect(read('../../../docs/writing-an-adapter.md')).toContain(block);
});

it('has an adapter of at most 60 lines', () => {
  expect(read('./session.ts').trimEnd().split('\n').length).toBeLessThanOrEqual(60);
});
