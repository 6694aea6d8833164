import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { Case } from '../drive/visitors.ts';
import type { Results } from '../measure/results.ts';
import { costOf, titleOf } from './groups.ts';
import { figure, times } from './numbers.ts';
import { table } from './table.ts';

const README = new URL('../../../README.md', import.meta.url);
const START = '<!-- bench: filled by pnpm bench --report -->';
const END = '<!-- bench: end -->';

const PAIRS: readonly (readonly [where: string, ours: string, theirs: string])[] = [
  ['Express, memory', 'express/coatcheck', 'express/express-session'],
  ['Express, SQLite', 'express/coatcheck-sqlite', 'express/better-sqlite3-session-store'],
  ['Express, Redis', 'express/coatcheck-redis', 'express/connect-redis'],
  ['Koa, memory', 'koa/coatcheck', 'koa/koa-session'],
  ['Hono, memory', 'hono/coatcheck', 'hono/hono-sessions'],
];
const KINDS: readonly Case[] = ['anonymous', 'read', 'write'];

/** Puts the figures between the marks in the README. Does nothing where there are no marks. */
export function fillReadme(results: Results): void {
  if (!existsSync(README)) return;
  const text = readFileSync(README, 'utf8');
  const start = text.indexOf(START);
  const end = text.indexOf(END);
  if (start < 0 || end < start) return;
  writeFileSync(README, `${text.slice(0, start + START.length)}\n${section(results)}\n${text.slice(end)}`);
}

function section(results: Results): string {
  const { date, cores, node } = results.measured;
  const rows = PAIRS.map(([where, ours, theirs]) => [
    where,
    titleOf(theirs),
    ...KINDS.map((kind) => {
      const own = costOf(results.requests, ours, kind)?.median;
      const other = costOf(results.requests, theirs, kind)?.median;
      if (own === undefined || other === undefined) return '–';
      return `**${times(other / own)}** ${figure(own)} to ${figure(other)} µs`;
    }),
  ]);
  return `
<picture>
  <source media="(prefers-color-scheme: dark)" srcset="bench/results/overhead-dark.svg">
  <img alt="What sessions add to a request, for each library" src="bench/results/overhead-light.svg">
</picture>

${table(['', 'beside', 'anonymous visitor', 'valid read', 'write'], rows)}

What sessions add to a request on top of the bare framework, measured side by side on ${date} (${cores} cores, Node.js ${node.slice(1)}). \`pnpm bench\` repeats
it; [all figures](bench/results/results.md), with versions and settings.
`;
}
