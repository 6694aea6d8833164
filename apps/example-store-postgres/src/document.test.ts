import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');

it.each(['postgres-store.ts', 'postgres-store.test.ts'])(
  '%s is what docs/writing-a-store.md says, word for word',
  (name) => {
    const block = `\`\`\`ts\n// ${name}\n${read(`./${name}`)}\`\`\``;
    expect(read('../../../docs/writing-a-store.md')).toContain(block);
  },
);

it('has a store of at most 45 lines, sweep and clear included', () => {
  const [store = ''] = /^export function postgresStore.*?^}$/ms.exec(read('./postgres-store.ts')) ?? [];
  expect(store.split('\n').length).toBeGreaterThan(20);
  expect(store.split('\n').length).toBeLessThanOrEqual(45);
});
