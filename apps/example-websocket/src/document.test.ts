import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');

it('live-sockets.ts is shown unchanged in docs/websockets.md', () => {
  const block = `\`\`\`ts\n// live-sockets.ts\n${read('./live-sockets.ts')}\`\`\``;
  expect(read('../../../docs/websockets.md')).toContain(block);
});
