import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { figure, thousands } from '../report/numbers.ts';
import { filled } from '../report/pages.ts';
import { table } from '../report/table.ts';
import { type Need, needOf } from './capacity.ts';
import type { Growth, Point } from './growth.ts';

const PAGE = new URL('../../../docs/capacity.md', import.meta.url);
const SIZES = [1e6, 1e7, 1e8, 1e9];

/** Writes the figures into the page on capacity, where there is one. */
export function writeCapacityPage(growth: Growth): void {
  if (existsSync(PAGE)) writeFileSync(PAGE, capacityPage(readFileSync(PAGE, 'utf8'), growth));
}

/** Returns the page with the figures of what was measured. */
function capacityPage(page: string, growth: Growth): string {
  const needs = SIZES.map((sessions) => needOf(sessions, growth));
  return filled(
    page,
    [
      ['<!-- scale: measured -->', measured],
      ['<!-- scale: visits -->', () => visits(needs)],
      ['<!-- scale: sqlite -->', () => sqlite(needs)],
      ['<!-- scale: redis -->', () => redis(needs)],
    ],
    growth,
  );
}

function measured({ measured: { date, cores, node, redis: server }, points }: Growth): string {
  const rows = (name: string, all: readonly Point[]) =>
    all.map(({ sessions, bytesEach, read, write, sweep, server: busy }) => [
      `${name}, ${thousands(sessions)}`,
      figure(bytesEach),
      `${figure(read.median)}\u00a0µs`,
      `${figure(write.median)}\u00a0µs`,
      sweep === undefined ? '–' : `${figure(sweep.cpu)}\u00a0µs`,
      busy === undefined ? '–' : `${figure(busy.read)} and ${figure(busy.write)}\u00a0µs`,
    ]);
  const head = [
    'sessions',
    'bytes each',
    'a read',
    'a write',
    'a swept session, CPU',
    "a read and a write, the server's CPU",
  ];
  return `\n\n${table(head, [...rows('SQLite', points.sqlite), ...rows('Redis', points.redis)])}\n\nMeasured on ${date} (${cores} cores, Node.js ${node.slice(1)}, Redis ${server}).\n\n`;
}

function visits(needs: readonly Need[]): string {
  const head = [
    'sessions in the store',
    'visits an hour',
    'requests a second',
    'reads and writes a second, each',
  ];
  const rows = needs.map(({ sessions, visitsAnHour, requestsASecond }) => [
    thousands(sessions),
    rough(visitsAnHour),
    rough(requestsASecond),
    rough(requestsASecond),
  ]);
  return `\n\n${table(head, rows)}\n\n`;
}

function sqlite(needs: readonly Need[]): string {
  const head = ['sessions in the store', 'file', 'processors for the calls and the sweep'];
  const rows = needs.map(({ sessions, sqlite: { bytes, processors } }) => [
    thousands(sessions),
    gigabytes(bytes),
    figure(processors),
  ]);
  return `\n\n${table(head, rows)}\n\n`;
}

function redis(needs: readonly Need[]): string {
  const head = [
    'sessions in the store',
    'memory',
    'busy processors',
    'primaries',
    'because of',
    'sessions a slot',
    'the fullest primary',
  ];
  const rows = needs.map(({ sessions, redis: each }) => [
    thousands(sessions),
    gigabytes(each.bytes),
    figure(each.processors),
    thousands(each.primaries),
    each.limit === 'none' ? '–' : each.limit,
    thousands(each.sessionsASlot),
    each.primaries === 1 ? '–' : `at most ${(100 * each.excess).toFixed(1)} % above the average`,
  ]);
  return `\n\n${table(head, rows)}\n\n`;
}

/** Writes a number with the two digits that an estimate has. */
function rough(value: number): string {
  return thousands(Number(value.toPrecision(2)));
}

function gigabytes(bytes: number): string {
  return `${figure(bytes / 1e9)}\u00a0GB`;
}
