import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { Case } from '../drive/visitors.ts';
import type { Results } from '../measure/results.ts';
import { comparison } from './comparison.ts';
import { costOf } from './groups.ts';
import { table } from './table.ts';

const END = '<!-- bench: end -->';

interface Pair {
  readonly setup: string;
  readonly ours: string;
  readonly theirs: string;
  /** The name of the other library in a cell. */
  readonly name: string;
}

const EXPRESS: Pair = {
  setup: 'Express, memory',
  ours: 'express/coatcheck',
  theirs: 'express/express-session',
  name: 'express-session',
};
const PAIRS: readonly Pair[] = [
  EXPRESS,
  {
    setup: 'Express, SQLite (better-sqlite3-session-store)',
    ours: 'express/coatcheck-sqlite',
    theirs: 'express/better-sqlite3-session-store',
    name: 'express-session',
  },
  {
    setup: 'Express, Redis (connect-redis)',
    ours: 'express/coatcheck-redis',
    theirs: 'express/connect-redis',
    name: 'express-session',
  },
  {
    setup: 'Express, PostgreSQL (connect-pg-simple)',
    ours: 'express/coatcheck-postgres',
    theirs: 'express/connect-pg-simple',
    name: 'express-session',
  },
  { setup: 'Koa, memory', ours: 'koa/coatcheck', theirs: 'koa/koa-session', name: 'koa-session' },
  { setup: 'Hono, memory', ours: 'hono/coatcheck', theirs: 'hono/hono-sessions', name: 'hono-sessions' },
  {
    setup: 'Fastify, memory',
    ours: 'fastify/coatcheck',
    theirs: 'fastify/session',
    name: '@fastify/session',
  },
];
const KINDS: readonly Case[] = ['anonymous', 'read', 'write'];

type Part<From = Results> = readonly [marker: string, write: (results: From) => string | undefined];

/** The parts of pages that are made from results, by the marker that they begin with. */
const PAGES: readonly (readonly [page: string, ...parts: Part[]])[] = [
  [
    'README.md',
    ['<!-- bench: filled by pnpm bench --report -->', costs],
    ['<!-- bench: bursts -->', bursts],
    ['<!-- bench: read -->', read],
  ],
  ['docs/compare.md', ['<!-- bench: filled by pnpm bench --report -->', comparison]],
];

/** Writes the figures into the pages that show them. */
export function fillPages(results: Results): void {
  for (const [page, ...parts] of PAGES) {
    const file = new URL(page, new URL('../../../', import.meta.url));
    if (existsSync(file)) writeFileSync(file, filled(readFileSync(file, 'utf8'), parts, results));
  }
}

/** Writes each part between its marker and the next end marker. A part without a marker or a figure is left out. */
export function filled<From>(page: string, parts: readonly Part<From>[], results: From): string {
  return parts.reduce((rest, [marker, write]) => {
    const start = rest.indexOf(marker);
    const end = rest.indexOf(END, start);
    const part = write(results);
    if (start < 0 || end < start || part === undefined) return rest;
    return rest.slice(0, start + marker.length) + part + rest.slice(end);
  }, page);
}

function costs(results: Results): string {
  const { date, cores, node } = results.measured;
  const rows = PAIRS.map(({ setup, ours, theirs, name }) => [
    setup,
    ...KINDS.map((kind) => {
      const own = costOf(results.requests, ours, kind)?.median;
      const other = costOf(results.requests, theirs, kind)?.median;
      return own === undefined || other === undefined ? '–' : `${cost(own)}, ${name} ${cost(other)}`;
    }),
  ]);
  return `

The time that sessions add to one request, in microseconds. Each cell gives Coatcheck first, then the other library.

<picture>
  <source media="(prefers-color-scheme: dark)" srcset="bench/results/overhead-dark.svg">
  <img alt="The time that sessions add to a request, for each library" src="bench/results/overhead-light.svg">
</picture>

${table(['', 'request without a session', 'read of a valid session', 'write'], rows)}

Measured side by side on ${date} (${cores} cores, Node.js ${node.slice(1)}), without the time of the framework itself. \`pnpm bench\` repeats the measurement.
[All results](bench/results/results.md) include versions, settings, and the targets that were missed.

`;
}

function bursts({ bursts: all }: Results): string | undefined {
  const ours = all?.[EXPRESS.ours]?.kept;
  const theirs = all?.[EXPRESS.theirs]?.kept;
  if (ours === undefined || theirs === undefined) return undefined;
  return `Of 50 concurrent updates to one session, ${ours === 50 ? 'all 50 are' : `${ours} are`} kept; ${EXPRESS.name} keeps ${theirs}`;
}

function read({ requests }: Results): string | undefined {
  const ours = costOf(requests, EXPRESS.ours, 'read')?.median;
  const theirs = costOf(requests, EXPRESS.theirs, 'read')?.median;
  if (ours === undefined || theirs === undefined) return undefined;
  return `A request that reads a valid session costs ${cost(ours)}; ${EXPRESS.name} costs ${cost(theirs)}`;
}

/** Writes a time with two digits, which is all that a reader compares. */
function cost(microseconds: number): string {
  return `${microseconds.toFixed(microseconds >= 10 ? 0 : 1)} µs`;
}
