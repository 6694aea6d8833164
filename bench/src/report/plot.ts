import type { Case } from '../drive/visitors.ts';
import type { Results } from '../measure/results.ts';
import type { Stat } from '../stats.ts';
import { costOf, GROUPS, titleOf } from './groups.ts';
import { figure } from './numbers.ts';

/** The colours of a plot. */
export interface Theme {
  readonly background: string;
  readonly text: string;
  readonly muted: string;
  readonly grid: string;
  readonly ours: string;
  readonly theirs: string;
}

export const THEMES: Readonly<Record<'light' | 'dark', Theme>> = {
  light: {
    background: '#ffffff',
    text: '#1f2328',
    muted: '#59636e',
    grid: '#dfe4e9',
    ours: '#0b7a6f',
    theirs: '#6b7480',
  },
  dark: {
    background: '#0d1117',
    text: '#e6edf3',
    muted: '#9aa4af',
    grid: '#2a313a',
    ours: '#3ad1bf',
    theirs: '#a3adb8',
  },
};

const WIDTH = 920;
const LEFT = 340;
const RIGHT = 40;
const TOP = 104;
const ROW = 24;
const HEADING = 30;
const TICKS = [0.3, 1, 3, 10, 30, 100, 300, 1000];
const SHOWN: readonly { kind: Case; title: string }[] = [
  { kind: 'anonymous', title: 'anonymous visitor' },
  { kind: 'read', title: 'valid read' },
  { kind: 'write', title: 'write' },
];
const FONT = 'font-family="system-ui, -apple-system, Segoe UI, Roboto, sans-serif"';

/** Draws what sessions add to a request: a row for each library, a mark for each kind of request, on a logarithmic scale. */
export function plotOf(results: Results, theme: Theme): string {
  const rows = GROUPS.reduce((total, { ids }) => total + ids.length, 0);
  const bottom = TOP + GROUPS.length * HEADING + rows * ROW;
  const height = bottom + 56;
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-labelledby="title description">`,
    '<title id="title">What sessions add to a request</title>',
    `<desc id="description">${description(results)}</desc>`,
    `<rect width="100%" height="100%" fill="${theme.background}"/>`,
    text(24, 36, 'What sessions add to a request', theme.text, 'font-size="20" font-weight="600"'),
    text(
      24,
      60,
      'Microseconds on top of the bare framework, one request after the other; less is better; logarithmic scale',
      theme.muted,
    ),
    legend(theme),
    ...TICKS.map((tick) => gridLine(tick, bottom, theme)),
  ];
  let y = TOP;
  for (const { title, ids } of GROUPS) {
    y += HEADING;
    parts.push(text(24, y - 8, title, theme.text, 'font-size="13" font-weight="600"'));
    for (const id of ids) {
      const isOurs = id.includes('/coatcheck');
      const colour = isOurs ? theme.ours : theme.theirs;
      const weight = isOurs ? 'font-size="13" font-weight="600"' : 'font-size="13"';
      parts.push(text(36, y + 16, plain(titleOf(id)), isOurs ? theme.ours : theme.text, weight));
      for (const { kind } of SHOWN) {
        const cost = costOf(results.requests, id, kind);
        if (cost !== undefined) parts.push(mark(kind, cost, y + 12, colour, theme));
      }
      y += ROW;
    }
  }
  const { date, cores, cpu, node } = results.measured;
  const note = `${date} · ${cores} cores (${cpu}) · Node.js ${node.slice(1)} · pnpm bench`;
  parts.push(text(24, height - 14, plain(note), theme.muted, 'font-size="11"'), '</svg>');
  return `${parts.join('\n')}\n`;
}

/** Where a time stands; what is below the scale stands at its left end. */
function xOf(microseconds: number): number {
  const [first = 1] = TICKS;
  const last = TICKS.at(-1) ?? first;
  const part = Math.log(Math.max(microseconds, first) / first) / Math.log(last / first);
  return LEFT + Math.min(part, 1) * (WIDTH - LEFT - RIGHT);
}

function gridLine(tick: number, bottom: number, theme: Theme): string {
  const x = xOf(tick).toFixed(1);
  return [
    `<line x1="${x}" x2="${x}" y1="${TOP}" y2="${bottom}" stroke="${theme.grid}"/>`,
    text(Number(x), bottom + 18, String(tick), theme.muted, 'font-size="11" text-anchor="middle"'),
  ].join('\n');
}

function mark(kind: Case, { median, low, high }: Stat, y: number, colour: string, theme: Theme): string {
  const x = xOf(median);
  const whisker = `<line x1="${xOf(low).toFixed(1)}" x2="${xOf(high).toFixed(1)}" y1="${y}" y2="${y}" stroke="${colour}" stroke-width="2" opacity="0.6"/>`;
  return `<g>${whisker}${shape(kind, x, y, colour, theme)}<title>${figure(median)} µs (${figure(low)}–${figure(high)})</title></g>`;
}

/** Each kind of request has a shape, so that no colour is needed to tell them apart. */
function shape(kind: Case, x: number, y: number, colour: string, theme: Theme): string {
  const at = x.toFixed(1);
  if (kind === 'anonymous') {
    return `<circle cx="${at}" cy="${y}" r="5" fill="${theme.background}" stroke="${colour}" stroke-width="2"/>`;
  }
  if (kind === 'read') return `<circle cx="${at}" cy="${y}" r="6" fill="${colour}"/>`;
  return `<rect x="${(x - 5).toFixed(1)}" y="${y - 5}" width="10" height="10" fill="${colour}" transform="rotate(45 ${at} ${y})"/>`;
}

function legend(theme: Theme): string {
  const parts: string[] = [];
  let x = LEFT;
  for (const { kind, title } of SHOWN) {
    parts.push(
      shape(kind, x + 6, 84, theme.muted, theme),
      text(x + 18, 88, title, theme.muted, 'font-size="12"'),
    );
    x += 36 + title.length * 6.5;
  }
  return parts.join('\n');
}

/** Says the same in words, for those who do not see it. */
function description(results: Results): string {
  return GROUPS.flatMap(({ title, ids }) =>
    ids.map((id) => {
      const costs = SHOWN.flatMap(({ kind, title: name }) => {
        const cost = costOf(results.requests, id, kind);
        return cost === undefined ? [] : `${name} ${figure(cost.median)}`;
      });
      return plain(`${title}, ${titleOf(id)}: ${costs.join(', ')} microseconds.`);
    }),
  ).join(' ');
}

/** Places words in a plot. */
export function text(
  x: number,
  y: number,
  content: string,
  fill: string,
  attributes = 'font-size="13"',
): string {
  return `<text x="${x}" y="${y}" fill="${fill}" ${FONT} ${attributes}>${content}</text>`;
}

/** Makes a title's Markdown fit for XML. */
function plain(markdown: string): string {
  return markdown.replaceAll('`', '').replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
