import { number, share, time } from '../report/cells.ts';
import type { SoakRecord } from './record.ts';
import type { ServerVerdict, SoakVerdict } from './verdict.ts';

/** A soak and what it shows. */
export interface Judged {
  readonly record: SoakRecord;
  readonly verdict: SoakVerdict;
}

const COLUMNS: readonly (readonly [heading: string, cell: (judged: Judged) => string])[] = [
  ['store', ({ record }) => record.run.version],
  ['capacity', ({ record }) => `${number(Math.round(record.run.capacity))}/s`],
  ['load', ({ record }) => `${number(Math.round(record.run.rate))}/s`],
  ['requests', ({ record }) => number(sum(record.requests.map(({ sent }) => sent)))],
  ['failed', ({ record }) => failed(record)],
  ['p50', ({ record }) => time(middle(record.requests.map(({ p50 }) => p50)))],
  ['p99', ({ record }) => time(middle(record.requests.map(({ p99 }) => p99)))],
  ['event loop p99', each(({ delay }) => `${delay.toFixed(1)} ms`)],
  ['heap', each(({ heap }) => fromTo(heap))],
  ['growth an hour', each(({ growth: { low, high } }) => `${megabytes(low)} to ${megabytes(high)} MB`)],
  ['RSS', each(({ rss }) => fromTo(rss))],
  ['unhandled', ({ verdict }) => number(sum(verdict.servers.map(({ rejections }) => rejections)))],
];

/** Writes soaks as a table of Markdown, one row each. Response times are the middle of those of all windows. */
export function soakTableOf(soaks: readonly Judged[]): string {
  const rows = [
    COLUMNS.map(([heading]) => heading),
    COLUMNS.map((_, at) => (at === 0 ? '---' : '---:')),
    ...soaks.map((judged) => COLUMNS.map(([, cell]) => cell(judged))),
  ];
  return rows.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** One line for each server. */
function each(cell: (server: ServerVerdict) => string): (judged: Judged) => string {
  return ({ verdict }) => verdict.servers.map(cell).join('<br>');
}

function failed({ requests }: SoakRecord): string {
  const sent = sum(requests.map((sample) => sample.sent));
  return share(sent - sum(requests.map(({ good }) => good)), sent);
}

function fromTo([first, last]: readonly [number, number]): string {
  return `${megabytes(first)} → ${megabytes(last)} MB`;
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}

function middle(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
