// Checks the commands of the quick starts. scripts/e2e/quick-starts.mjs runs the files.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { filesOf, findBlocks } from './check-docs.blocks.mjs';

const read = (page: string) => readFileSync(new URL(`../docs/${page}`, import.meta.url), 'utf8');

/** The sections that show files. */
const sections = ['quick-start.md', 'quick-start-databases.md'].flatMap((page) =>
  read(page)
    .split(/^## /m)
    .map((section) => ({
      title: section.split('\n')[0] ?? '',
      commands: findBlocks(section)
        .filter(({ language }) => language === 'sh')
        .flatMap(({ lines }) => lines),
      files: filesOf(findBlocks(section)).files,
    }))
    .filter(({ files }) => files.size > 0),
);

/** Returns the packages that a file imports, apart from what the runtime has. */
function packagesIn(source: string): readonly string[] {
  return [...source.matchAll(/^(?:import|export) .*?'((?:@[\w-]+\/)?[\w-]+)[^']*'/gm)]
    .map(([, name = '']) => name)
    .filter((name) => name !== 'cloudflare');
}

it('the quick starts show each framework and each store', () => {
  expect(sections.length).toBeGreaterThan(10);
});

describe.each(sections)('$title', ({ commands, files }) => {
  it('installs what its files import', () => {
    const installed = commands
      .filter((line) => line.startsWith('npm install '))
      .flatMap((line) => line.split(' '));
    const imported = [...files.values()].flatMap(packagesIn);
    expect(imported.length).toBeGreaterThan(1);
    expect(imported.filter((name) => !installed.includes(name))).toEqual([]);
  });

  it('runs each file that it shows, or serves it with Wrangler', () => {
    const shown = [...files.keys()].filter((name) => !name.endsWith('.d.ts'));
    const run = commands.map((line) => /^node (\S+)$/.exec(line)?.[1]).filter((name) => name !== undefined);
    expect(run.sort()).toEqual(commands.includes('npx wrangler dev') ? [] : shown.sort());
  });
});
