import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const page = readFileSync(join(import.meta.dirname, 'compare.md'), 'utf8');
/** A file or folder of a repository at the tag of a version, or a file of a published package with its version. */
const FIXED =
  /^https:\/\/(?:github\.com\/[\w.-]+\/[\w.-]+\/(?:blob|tree)\/v\d+\.\d+\.\d+[\w.-]*(?:\/|$)|unpkg\.com\/(?:@\w+\/)?[\w-]+@\d+\.\d+\.\d+\/)/;

const LIBRARIES = page.match(/\| Coatcheck \|.*\|/)?.[0] ?? '';
const targets = new Map(
  [...page.matchAll(/^\[([\w-]+)\]: (\S+)$/gm)].map(([, name = '', url = '']) => [name, url]),
);

/** The rows of the tables that compare features, without their heads. */
const rows = page
  .split('\n')
  .filter((line) => line.startsWith('|') && line.split('|').length === LIBRARIES.split('|').length + 1)
  .map((line) => line.split('|').slice(1, -1))
  .filter(([first = '']) => !/^ (?:---|Feature) $/.test(first))
  .map(([feature = '', ...cells]) => ({ feature: feature.trim(), cells }));

/** The addresses that a cell links to. */
function linksOf(cell: string): readonly string[] {
  return [...cell.matchAll(/\]\(([^)]+)\)|\]\[([\w-]+)\]/g)].map(
    ([, url, name = '']) => url ?? targets.get(name) ?? `no target for ${name}`,
  );
}

describe('the comparison with other libraries', () => {
  it('has a row for each of its features, with a cell for each library', () => {
    expect(rows.length).toBeGreaterThan(15);
    expect(rows.filter(({ cells }) => cells.length !== 7)).toEqual([]);
  });

  it.for(rows)('$feature: Coatcheck’s cell links to a test', ({ cells: [ours = ''] }) => {
    const links = linksOf(ours);
    expect(links.length).toBeGreaterThan(0);
    for (const link of links) {
      expect(link).toMatch(/\.test(?:-d)?\.ts$/);
      expect(existsSync(join(import.meta.dirname, link))).toBe(true);
    }
  });

  it.for(rows)('$feature: every other cell links to a source at a fixed version', ({ cells }) => {
    for (const cell of cells.slice(1)) {
      const links = linksOf(cell);
      expect(links.length).toBeGreaterThan(0);
      for (const link of links) expect(link).toMatch(FIXED);
    }
  });

  it('uses every target, and each is at a fixed version', () => {
    const used = [...page.matchAll(/\]\[([\w-]+)\]/g)].map(([, name]) => name);
    expect([...targets.keys()].filter((name) => !used.includes(name))).toEqual([]);
    expect([...targets.values()].filter((url) => !FIXED.test(url))).toEqual([]);
  });
});
