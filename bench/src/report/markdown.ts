import { AT_ONCE, CASES } from '../drive/visitors.ts';
import type { Results } from '../measure/results.ts';
import { SIDES } from '../side-list.ts';
import { CASE_TITLES, costOf, entryOf, GROUPS, type Group, named, oursIn, titleOf } from './groups.ts';
import { countTables } from './markdown-counts.ts';
import { figure, spread, thousands, times } from './numbers.ts';
import { table } from './table.ts';
import { judge } from './targets.ts';

const COMMAND = 'pnpm bench';

/** Writes everything that was measured as a page of tables. */
export function markdownOf(results: Results): string {
  return `${[
    '# Benchmarks',
    introduction(results),
    ...targetTable(results),
    ...requestTables(results),
    ...httpTable(results),
    ...countTables(results),
    ...setUp(results),
  ].join('\n\n')}\n`;
}

function introduction({ measured }: Results): string {
  const { date, cores, cpu, node, redis, rounds, isQuick } = measured;
  const warning = isQuick ? '**A quick run: its figures mean nothing.** ' : '';
  return `${warning}Measured on ${date}: ${cores} cores (${cpu}), Node.js ${node.slice(1)}${redis === undefined ? '' : `, Redis ${redis}`}. Repeat it with \`${COMMAND}\`.

Each library runs in a process of its own, with the same small shop, the same headers and 196 bytes of data, set up as its README advises for production. The libraries take turns within each of at least ${rounds} rounds, and of three runs in each turn the fastest counts. What a request takes is measured in three processes of each library, one after the other: one that has compiled the code in a less fortunate way stays slower for as long as it lives. A figure is the median of the rounds, with the middle half of them in brackets. Ratios come first: absolute times belong to this machine.`;
}

function targetTable(results: Results): string[] {
  const rows = judge(results).map(({ number, what, limit, figure: value, met }) => [
    number,
    what,
    limit,
    value ?? '–',
    met === undefined ? 'not measured' : met ? 'met' : '**not met**',
  ]);
  return ['## Targets', table(['', 'target', 'limit', 'measured', ''], rows)];
}

function requestTables({ requests, requestsAtOnce }: Results): string[] {
  return [
    '## What sessions add to a request',
    'In microseconds: a request with sessions less one of the framework alone, in the process and without a socket. × says how many times what Coatcheck takes.',
    '### One request after the other',
    'By the clock on the wall: what one visitor waits for.',
    ...GROUPS.flatMap((group) => groupTable(group, requests)),
    `### ${AT_ONCE} requests at once`,
    'CPU time of the whole process, its other threads too, but not of the Redis server: what a request costs a busy server. Turns of the event loop are shared.',
    ...GROUPS.flatMap((group) => groupTable(group, requestsAtOnce)),
  ];
}

function groupTable(group: Group, requests: Results['requests']): string[] {
  if (requests === undefined) return [];
  const ours = oursIn(group);
  const rows = group.ids.map((id) => [
    titleOf(id),
    ...CASES.map((kind) => {
      const cost = costOf(requests, id, kind);
      const base = costOf(requests, ours, kind);
      if (cost === undefined || base === undefined) return '–';
      return `${id === ours ? '' : `**${times(cost.median / base.median)}** `}${spread(cost)}`;
    }),
  ]);
  const isOwnFramework = group.ids.includes(ours);
  const beside = isOwnFramework ? '' : `, beside ${titleOf(ours)} on ${entryOf(ours).framework}`;
  return [table([`${group.title}${beside}`, ...CASES.map((kind) => CASE_TITLES[kind])], rows)];
}

function httpTable({ http }: Results): string[] {
  if (http === undefined) return [];
  const rows = SIDES.map(({ id }) => [
    named(id),
    ...CASES.map((kind) => {
      const rate = http[id]?.[kind];
      if (rate === undefined) return '–';
      return `**${figure(rate.ofBare.median)}** ${thousands(rate.rate.median)}`;
    }),
  ]);
  return [
    '## Over HTTP',
    'As a part of what the framework alone serves, and requests a second: one process serves, another sends on 16 connections.',
    table(['', ...CASES.map((kind) => CASE_TITLES[kind])], rows),
  ];
}

function setUp({ measured }: Results): string[] {
  const lines = SIDES.map(({ id, packages, setUp: how }) => {
    const versions = packages.map((name) => `${name} ${measured.versions[name]}`).join(', ');
    return `- ${named(id)} (${versions}). ${how}`;
  });
  return ['## How each is set up', lines.join('\n')];
}
