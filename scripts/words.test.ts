import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { wordFaults } from './words.ts';

const root = join(import.meta.dirname, '..');

/** Files that name the words in order to forbid them, and the lock file. */
const EXEMPT = new Set(['scripts/words.ts', 'scripts/words.test.ts', 'pnpm-lock.yaml']);

it('no file of the repository uses a name or a word that was given up', { timeout: 60_000 }, () => {
  const files = execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' })
    .split('\0')
    .filter((file) => /\.(?:[cm]?[jt]sx?|md|json|ya?ml|html|css)$/.test(file) && !EXEMPT.has(file));
  expect(files.length).toBeGreaterThan(500);
  const faults = files.flatMap((file) =>
    wordFaults(file, readFileSync(join(root, file), 'utf8')).map(
      ({ line, found }) => `${file}:${line} ${found}`,
    ),
  );
  expect(faults).toEqual([]);
});

describe('the search', () => {
  it.for<[path: string, source: string]>([
    ['a.ts', 'class RequestVisit {}'],
    ['a.ts', 'const MOST_LINES = 5;'],
    ['a.ts', 'readonly #structural = 1;'],
    ['a.ts', '// A lost answer.'],
    ['a.ts', "it('responds to whoever asks', () => {});"],
    ['a.ts', '/** Takes a text. */ const a = 1;'],
    ['a.ts', 'throw new Error(`The name must be a text.`);'],
    ['a.ts', "it('keeps the text', () => {});"],
    ['a.md', 'A key is a text.'],
    ['a.md', 'The answer carries the cookie.'],
    ['rules.json', '{ "rule": "A lost answer is retried" }'],
  ])('finds the fault in %s: %s', ([path, source]) => {
    expect(wordFaults(path, source)).toHaveLength(1);
  });

  it.for<[path: string, source: string]>([
    ['a.ts', "const text = await response.text(); res.type('text/html').send(text);"],
    ['a.ts', 'sql`CREATE TABLE a (key TEXT NOT NULL)`; sql`SELECT a::text FROM b`;'],
    ['a.ts', '// Sends `text` as text/plain, in clear text.'],
    ['a.md', 'A `TEXT` column.\n\n```ts\nconst text = 1; // the text\n```\n'],
  ])('accepts %s: %s', ([path, source]) => {
    expect(wordFaults(path, source)).toEqual([]);
  });

  it('says the line', () => {
    expect(wordFaults('a.ts', '\n\n// Whoever asks.\n')).toEqual([{ line: 3, found: 'Whoever' }]);
  });
});
