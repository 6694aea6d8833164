import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');

it.each(['dynamodb-store.ts', 'dynalite.d.ts', 'dynamodb-store.test.ts'])(
  '%s is what docs/writing-a-store.md says, word for word',
  (name) => {
    const block = `\`\`\`ts\n// ${name}\n${read(`./${name}`)}\`\`\``;
    expect(read('../../../docs/writing-a-store.md')).toContain(block);
  },
);

it('has a store of at most 55 lines', () => {
  const [store = ''] = /^export function dynamodbStore.*?^}$/ms.exec(read('./dynamodb-store.ts')) ?? [];
  expect(store.split('\n').length).toBeGreaterThan(20);
  expect(store.split('\n').length).toBeLessThanOrEqual(55);
});
