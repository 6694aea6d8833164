import type { Results } from '../measure/results.ts';
import { costOf } from './groups.ts';
import { table } from './table.ts';

/** A library beside Coatcheck on the same framework, with the memory store. */
interface Rival {
  readonly name: string;
  readonly ours: string;
  readonly theirs: string;
  /** Their names among the measured bundles. */
  readonly bundles: readonly [ours: string, theirs: string];
}

const RIVALS: readonly Rival[] = [
  {
    name: 'express-session',
    ours: 'express/coatcheck',
    theirs: 'express/express-session',
    bundles: ['@coatcheck/express', 'express-session'],
  },
  {
    name: 'koa-session',
    ours: 'koa/coatcheck',
    theirs: 'koa/koa-session',
    bundles: ['@coatcheck/koa', 'koa-session'],
  },
  {
    name: 'hono-sessions',
    ours: 'hono/coatcheck',
    theirs: 'hono/hono-sessions',
    bundles: ['@coatcheck/hono', 'hono-sessions'],
  },
  {
    name: '@fastify/session',
    ours: 'fastify/coatcheck',
    theirs: 'fastify/session',
    bundles: ['@coatcheck/fastify', '@fastify/session, @fastify/cookie'],
  },
  {
    name: 'iron-session',
    ours: 'express/coatcheck',
    theirs: 'express/iron-session',
    bundles: ['@coatcheck/express', 'iron-session'],
  },
];

/** Writes the table of figures of docs/compare.md. */
export function comparison(results: Results): string {
  const { requests, bursts, bundles, measured } = results;
  const rows = RIVALS.map(({ name, ours, theirs, bundles: [our, their] }) => [
    name,
    pair(bursts?.[theirs]?.kept, bursts?.[ours]?.kept, String),
    pair(costOf(requests, theirs, 'read')?.median, costOf(requests, ours, 'read')?.median, microseconds),
    pair(costOf(requests, theirs, 'write')?.median, costOf(requests, ours, 'write')?.median, microseconds),
    pair(bundles?.[their]?.compressed, bundles?.[our]?.compressed, kilobytes),
  ]);
  return `

Each cell gives the library first, then Coatcheck on the same framework.

${table(['Library', '50 updates at once: kept', 'read', 'write', 'compressed bundle'], rows)}

Measured on ${measured.date} with memory stores ([all results](../bench/results/results.md)).

`;
}

function pair(
  theirs: number | undefined,
  ours: number | undefined,
  write: (value: number) => string,
): string {
  return theirs === undefined || ours === undefined ? '–' : `${write(theirs)}, ${write(ours)}`;
}

function microseconds(value: number): string {
  return `${value.toFixed(value >= 10 ? 0 : 1)} µs`;
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} kB`;
}
