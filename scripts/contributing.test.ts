import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');
const page = readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8');

/** Returns what is between a heading and the next one of its level or above. */
function sectionOf(heading: string): string {
  const [, section = ''] = page.split(`\n${heading}\n`);
  return section.split(/\n#{1,3} /)[0] ?? '';
}

describe('the walks of CONTRIBUTING.md', () => {
  const walks = sectionOf('### Three walks')
    .split(/^\*\*(?=.*\*\*$)/m)
    .slice(1)
    .map((walk) => ({
      title: walk.split('**')[0] ?? '',
      steps: walk.split('\n').filter((line) => /^\d+\. /.test(line)),
    }));

  it('are the three of the page', () => {
    expect(walks.map(({ title }) => title)).toEqual([
      'Add an option that changes a deadline',
      'Add a transport',
      'The cookie is not cleared after `destroy`',
    ]);
  });

  it.for(walks)('$title: names at most 6 files, each in a step of its own', ({ steps }) => {
    const files = steps.map((step) => /^\d+\. `([^`]+)`: /.exec(step)?.[1] ?? step);
    expect(files.length).toBeGreaterThan(1);
    expect(files.length).toBeLessThanOrEqual(6);
    expect(new Set(files).size).toBe(files.length);
    expect(
      files.filter((file) => !existsSync(join(root, file)) || !statSync(join(root, file)).isFile()),
    ).toEqual([]);
    expect(steps.map((step) => Number.parseInt(step, 10))).toEqual(steps.map((_, at) => at + 1));
  });
});

it('the map of CONTRIBUTING.md shows every room of the core', () => {
  const rows = sectionOf('### The rooms of the core')
    .split('\n')
    .filter((line) => line.startsWith('| `'));
  const named = rows.flatMap((row) =>
    [...(row.split('|')[1] ?? '').matchAll(/`([\w.]+)\/?`/g)].map(([, name]) => name),
  );
  expect(named.toSorted()).toEqual(readdirSync(join(root, 'packages/core/src')).toSorted());
});
