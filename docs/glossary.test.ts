import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const page = readFileSync(join(import.meta.dirname, 'glossary.md'), 'utf8');
const tables = page
  .split(/^## /m)
  .slice(1)
  .map((section) => section.split('\n'))
  .map(([title = '', ...lines]) => ({
    title,
    rows: lines.filter((line) => line.startsWith('| ') && !/^\| (?:---|Term) /.test(line)),
  }));

describe.for(tables)('$title', ({ rows }) => {
  const terms = rows.map((row) => row.split('|')[1]?.replace(/[`_]/g, '').trim().toLowerCase() ?? '');

  it('have each term once, in the order of the alphabet', () => {
    expect(terms.length).toBeGreaterThan(20);
    expect(terms).toEqual([...new Set(terms)].sort((a, b) => a.localeCompare(b, 'en')));
  });

  it.for(rows)('lead to the page that explains it: %s', (row) => {
    expect(row).toMatch(/\]\([^)]+\) \|$/);
  });
});
