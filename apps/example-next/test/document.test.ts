import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');

it.each(['lib/sessions.ts', 'lib/session.ts', 'proxy.ts'])(
  '%s is shown unchanged in docs/next.md',
  (file) => {
    expect(read('../../../docs/next.md')).toContain(`\`\`\`ts\n${read(`../${file}`)}\`\`\``);
  },
);
