import { number } from '../report/cells.ts';
import { FRAMEWORKS } from '../run/torture.ts';
import type { SoakRecord } from './record.ts';
import type { Point } from './trend.ts';
import { MAX_DELAY } from './verdict.ts';

/** Fits a narrow window without being scaled down. */
const WIDTH = 342;
const LEFT = 40;
const RIGHT = 10;
const TOP = 76;
const PANEL = 110;
const GAP = 46;
const MB = 1e6;

const STYLE = `  <style>
    text { font: 12px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; fill: #1f2328; }
    .name { font-weight: 600; }
    .end { text-anchor: end; }
    .mid { text-anchor: middle; }
    .muted { fill: #59636e; }
    .grid { stroke: #dfe4e9; }
    .limit { stroke: #59636e; stroke-dasharray: 2 3; }
    .line { fill: none; stroke-width: 1.5; }
    .s0 { stroke: #24584a; }
    .s1 { stroke: #8a6100; stroke-dasharray: 5 2; }
    .s2 { stroke: #a4262c; stroke-dasharray: 2 2; }
    @media (prefers-color-scheme: dark) {
      text { fill: #e6edf3; }
      .muted { fill: #9aa4af; }
      .grid { stroke: #2a313a; }
      .limit { stroke: #9aa4af; }
      .s0 { stroke: #9ad1bf; }
      .s1 { stroke: #e3b341; }
      .s2 { stroke: #ff8a8a; }
    }
  </style>`;

interface Panel {
  readonly title: string;
  readonly lines: readonly (readonly Point[])[];
  readonly limit?: number;
}

/** Draws a soak over its time: the heap of each server, how late its event loop was, and what requests took. For light and dark. */
export function plotOf(record: SoakRecord): string {
  const { run, servers, requests } = record;
  const indexes = Array.from({ length: run.servers }, (_, server) => server);
  const linesOf = (of: (sample: (typeof servers)[number]) => number): Panel['lines'] =>
    indexes.map((server) =>
      servers
        .filter((sample) => sample.server === server)
        .map((sample) => ({ at: sample.at / 60, value: of(sample) })),
    );
  const panels: readonly Panel[] = [
    { title: 'Heap after garbage collection, in MB', lines: linesOf(({ heap }) => heap / MB) },
    {
      title: 'Delay of the event loop, p99, in ms',
      lines: linesOf(({ delayP99 }) => delayP99),
      limit: MAX_DELAY,
    },
    {
      title: 'Time to a response, p99, in ms',
      lines: [requests.map(({ at, p99 }) => ({ at: at / 60, value: p99 }))],
    },
  ];
  const height = TOP + panels.length * (PANEL + GAP);
  const title = `${run.version}: ${number(run.sessions)} sessions, ${number(Math.round(run.rate))} requests a second`;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-labelledby="title description">
  <title id="title">${xml(title)}</title>
  <desc id="description">${xml(panels.map(inWords).join(' '))}</desc>
${STYLE}
${text(0, 16, run.version, 'name')}
${text(0, 34, title.slice(run.version.length + 2), 'muted')}
${legend(indexes)}
${panels.map((panel, at) => draw(panel, TOP + at * (PANEL + GAP), run.minutes)).join('\n')}
</svg>
`;
}

function legend(servers: readonly number[]): string {
  return servers
    .map((server) => {
      const x = server * 80;
      const name = FRAMEWORKS[server % FRAMEWORKS.length] ?? FRAMEWORKS[0];
      return `  <path class="line ${classOf(server)}" d="M${x} 50h22"/>\n${text(x + 28, 54, `${name[0]?.toUpperCase()}${name.slice(1)}`)}`;
    })
    .join('\n');
}

function draw({ title, lines, limit }: Panel, top: number, minutes: number): string {
  const values = lines.flat().map(({ value }) => value);
  const max = niceAbove(Math.max(...values, limit ?? 0));
  const base = top + 22 + PANEL - 22;
  const xOf = (at: number): string => (LEFT + Math.min(at / minutes, 1) * (WIDTH - LEFT - RIGHT)).toFixed(1);
  const yOf = (value: number): string => (base - (value / max) * (PANEL - 22)).toFixed(1);
  const parts = [text(0, top + 10, title, 'name')];
  for (const part of [0, 0.5, 1]) {
    const y = yOf(max * part);
    parts.push(`  <path class="grid" d="M${LEFT} ${y}H${WIDTH - RIGHT}"/>`);
    parts.push(text(LEFT - 6, Number(y) + 4, String(max * part), 'muted end'));
    parts.push(
      text(
        Number(xOf(minutes * part)),
        base + 16,
        minuteOf(minutes * part, part),
        part === 1 ? 'muted end' : 'muted mid',
      ),
    );
  }
  if (limit !== undefined) parts.push(`  <path class="limit" d="M${LEFT} ${yOf(limit)}H${WIDTH - RIGHT}"/>`);
  for (const [at, points] of lines.entries()) {
    const path = points.map((point) => `${xOf(point.at)} ${yOf(point.value)}`).join('L');
    if (path !== '') parts.push(`  <path class="line ${classOf(at)}" d="M${path}"/>`);
  }
  return parts.join('\n');
}

function minuteOf(minute: number, part: number): string {
  const rounded = Math.round(minute * 10) / 10;
  return part === 1 ? `${rounded} min` : String(rounded);
}

/** A round number that is not below a value. */
function niceAbove(value: number): number {
  const step = 10 ** Math.floor(Math.log10(Math.max(value, 1)));
  return ([1, 2, 4, 6, 8, 10].find((factor) => factor * step >= value) ?? 10) * step;
}

/** Says the same in words, for those who do not see it. */
function inWords({ title, lines }: Panel): string {
  const ranges = lines.map((points) => {
    const values = points.map(({ value }) => value);
    return `${Math.min(...values).toFixed(1)} to ${Math.max(...values).toFixed(1)}`;
  });
  return `${title}: ${ranges.join(', ')}.`;
}

function classOf(server: number): string {
  return `s${server % 3}`;
}

function text(x: number, y: number, content: string, classes?: string): string {
  const attribute = classes === undefined ? '' : ` class="${classes}"`;
  return `  <text${attribute} x="${x}" y="${y}">${xml(content)}</text>`;
}

function xml(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
