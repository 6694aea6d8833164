import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');

it.each(['./session.ts'])('%s is what docs/writing-an-adapter.md says, word for word', (path) => {
  expect(read('../../../docs/writing-an-adapter.md')).toContain(`\`\`\`ts\n${read(path)}\`\`\``);
});

it('has an adapter of at most 60 lines', () => {
  expect(read('./session.ts').split('\n').length).toBeLessThanOrEqual(61);
});
