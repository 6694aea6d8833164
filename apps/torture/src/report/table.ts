import { number, recovery, time } from './cells.ts';
import type { Summary } from './summary.ts';

const COLUMNS: readonly (readonly [heading: string, cell: (summary: Summary) => string])[] = [
  ['store', ({ store }) => store],
  ['nemesis', ({ nemesis }) => nemesis],
  ['seed', ({ seed }) => String(seed)],
  ['faults', ({ faults }) => String(faults)],
  ['requests', ({ requests }) => number(requests)],
  ['good', ({ ok }) => number(ok)],
  ['failed', ({ failures }) => list(failures)],
  ['p99', ({ p99 }) => time(p99)],
  ['slowest', ({ slowest }) => time(slowest)],
  ['recovery', (summary) => recovery(summary.recovery)],
  ['undone', ({ undone }) => String(undone)],
  ['violations', ({ violations }) => String(violations)],
];

/** Writes the runs as a table of Markdown, one row each. */
export function tableOf(summaries: readonly Summary[]): string {
  const rows = [
    COLUMNS.map(([heading]) => heading),
    COLUMNS.map(() => '---'),
    ...summaries.map((summary) => COLUMNS.map(([, cell]) => cell(summary))),
  ];
  return rows.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function list(counts: Readonly<Record<string, number>>): string {
  const parts = Object.entries(counts)
    .sort(([, a], [, b]) => b - a)
    .map(([name, times]) => `${name.replace(/^ERR_/, '')} ${number(times)}`);
  return parts.length === 0 ? '–' : parts.join(', ');
}
