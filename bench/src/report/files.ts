import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { Results } from '../measure/results.ts';
import { markdownOf } from './markdown.ts';
import { plotOf, THEMES } from './plot.ts';

const DIRECTORY = new URL('../../results/', import.meta.url);
const RESULTS = new URL('results.json', DIRECTORY);

/** Reads what was measured last. */
export function readResults(): Results {
  const results: Results = JSON.parse(readFileSync(RESULTS, 'utf8'));
  return results;
}

/** Writes the results, the tables and the plots. */
export function writeReport(results: Results): void {
  mkdirSync(DIRECTORY, { recursive: true });
  writeFileSync(RESULTS, `${JSON.stringify(results, rounded, 2)}\n`);
  writeFileSync(new URL('results.md', DIRECTORY), markdownOf(results));
  for (const [name, theme] of Object.entries(THEMES)) {
    writeFileSync(new URL(`overhead-${name}.svg`, DIRECTORY), plotOf(results, theme));
  }
}

/** Four digits say more than the measurements do. */
export function rounded(_key: string, value: unknown): unknown {
  return typeof value === 'number' ? Number(value.toPrecision(4)) : value;
}
