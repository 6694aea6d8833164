import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');

it.each(['live-sockets.ts', 'socket-io.ts'])('%s is shown unchanged in docs/websockets.md', (name) => {
  const block = `\`\`\`ts\n// ${name}\n${read(`./${name}`)}\`\`\``;
  expect(read('../../../docs/websockets.md')).toContain(block);
});
