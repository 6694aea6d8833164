import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { checkDocstrings } from './docstrings.ts';
import { entryPoints } from './public-api.ts';

const root = join(import.meta.dirname, '..');

it('every public symbol of every package has a docstring, and every function an example', {
  timeout: 60_000,
}, () => {
  const entries = entryPoints(root).map(({ file }) => file);
  expect(entries.length).toBeGreaterThan(15);
  const { missing, withoutExample, all } = checkDocstrings(entries, root);
  expect(missing).toEqual([]);
  expect(withoutExample).toEqual([]);
  expect(all).toBeGreaterThan(500);
});

it('finds what lacks a docstring or an example, and leaves private members alone', () => {
  const folder = mkdtempSync(join(tmpdir(), 'coatcheck-docstrings-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const inner = `/** Good. */
export class Good {
  /** A field. */
  field = 1;
  bad = 2;
  readonly #own = 3;
  constructor() {}
  /** Reads. */
  read() { return this.#own; }
}
export interface Bare {}
/** A type. */
export interface Type {
  /** Here. */
  here: string;
  lost(): void;
}
/** Lacks an example. */
export function call() {}
/**
 * Has one.
 * @example
 * shown();
 */
export function shown() {}
`;
  mkdirSync(join(folder, 'src'));
  writeFileSync(join(folder, 'src/inner.ts'), inner);
  writeFileSync(join(folder, 'src/index.ts'), "export * from './inner.ts';\nexport const three = 3;\n");
  const { missing, withoutExample } = checkDocstrings([join(folder, 'src/index.ts')], folder);
  expect(withoutExample).toEqual(['src/inner.ts: Good', 'src/inner.ts: call']);
  expect(missing).toEqual([
    'src/index.ts: three',
    'src/inner.ts: Bare',
    'src/inner.ts: Good.bad',
    'src/inner.ts: Type.lost',
  ]);
});
