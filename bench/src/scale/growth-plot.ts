import { figure } from '../report/numbers.ts';
import { type Theme, text } from '../report/plot.ts';
import type { Growth, Point } from './growth.ts';

const WIDTH = 920;
const HEIGHT = 460;
const LEFT = 84;
const RIGHT = 190;
const TOP = 96;
const BOTTOM = 80;
const SIZES = [1e4, 1e5, 1e6, 1e7];
const TICKS = [1, 3, 10, 30, 100, 300];

interface Line {
  readonly name: string;
  readonly colour: string;
  readonly isDashed: boolean;
  /** Whether the name is at the first point, and not at the last. */
  readonly isNamedFirst: boolean;
  readonly points: readonly Point[];
  readonly kind: 'read' | 'write';
}

/** Draws what one read and one write take while the stores fill, on logarithmic scales. */
export function growthPlot({ points, measured }: Growth, theme: Theme): string {
  const { ours, theirs } = theme;
  const lines: Line[] = [
    {
      name: 'Redis, write',
      colour: theirs,
      isDashed: false,
      isNamedFirst: true,
      points: points.redis,
      kind: 'write',
    },
    {
      name: 'Redis, read',
      colour: theirs,
      isDashed: true,
      isNamedFirst: true,
      points: points.redis,
      kind: 'read',
    },
    {
      name: 'SQLite, write',
      colour: ours,
      isDashed: false,
      isNamedFirst: false,
      points: points.sqlite,
      kind: 'write',
    },
    {
      name: 'SQLite, read',
      colour: ours,
      isDashed: true,
      isNamedFirst: false,
      points: points.sqlite,
      kind: 'read',
    },
  ];
  const heading = 'What a call takes while the store fills';
  const note = `${measured.date} · ${measured.cores} cores (${measured.cpu}) · Node.js ${measured.node.slice(1)} · Redis ${measured.redis} · pnpm bench:scale`;
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-labelledby="title description">`,
    `<title id="title">${heading}</title>`,
    `<desc id="description">${lines.map(describe).join(' ')}</desc>`,
    `<rect width="100%" height="100%" fill="${theme.background}"/>`,
    text(24, 36, heading, theme.text, 'font-size="20" font-weight="600"'),
    text(
      24,
      60,
      'Microseconds for one call after the other, by the number of sessions; logarithmic scales',
      theme.muted,
    ),
    ...TICKS.map((tick) => tickLine(tick, theme)),
    ...SIZES.map((size) =>
      text(
        x(size),
        HEIGHT - BOTTOM + 24,
        size.toLocaleString('en-GB'),
        theme.muted,
        'font-size="12" text-anchor="middle"',
      ),
    ),
    ...lines.map((line) => drawn(line, theme)),
    text(24, HEIGHT - 16, note, theme.muted, 'font-size="11"'),
    '</svg>',
  ].join('\n')}\n`;
}

function x(sessions: number): number {
  return LEFT + (Math.log10(sessions / 1e4) / 3) * (WIDTH - LEFT - RIGHT);
}

function y(microseconds: number): number {
  const [first = 1] = TICKS;
  const part = Math.log(Math.max(microseconds, first) / first) / Math.log((TICKS.at(-1) ?? first) / first);
  return HEIGHT - BOTTOM - part * (HEIGHT - TOP - BOTTOM);
}

function tickLine(tick: number, theme: Theme): string {
  const at = y(tick).toFixed(1);
  return [
    `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${at}" y2="${at}" stroke="${theme.grid}"/>`,
    text(LEFT - 12, y(tick) + 4, String(tick), theme.muted, 'font-size="12" text-anchor="end"'),
  ].join('\n');
}

function drawn({ name, colour, isDashed, isNamedFirst, points, kind }: Line, theme: Theme): string {
  const at = points.map((point) => `${x(point.sessions).toFixed(1)},${y(point[kind].median).toFixed(1)}`);
  // Where no other line passes.
  const named = points.at(isNamedFirst ? 0 : -1);
  const dash = isDashed ? ' stroke-dasharray="6 4"' : '';
  return [
    `<polyline points="${at.join(' ')}" fill="none" stroke="${colour}" stroke-width="2.5"${dash}/>`,
    ...points.map(
      (point) =>
        `<circle cx="${x(point.sessions).toFixed(1)}" cy="${y(point[kind].median).toFixed(1)}" r="4.5" fill="${isDashed ? theme.background : colour}" stroke="${colour}" stroke-width="2"><title>${describePoint(point, kind)}</title></circle>`,
    ),
    named === undefined
      ? ''
      : text(
          x(named.sessions) + 12,
          // A read and a write of one store may take the same time.
          y(named[kind].median) + (kind === 'read' ? 18 : -10),
          name,
          theme.text,
          'font-size="13" font-weight="600"',
        ),
  ].join('\n');
}

/** Says the same in words, for those who do not see it. */
function describe({ name, points, kind }: Line): string {
  return `${name}: ${points.map((point) => describePoint(point, kind)).join(', ')}.`;
}

function describePoint(point: Point, kind: 'read' | 'write'): string {
  return `${figure(point[kind].median)} µs with ${point.sessions.toLocaleString('en-GB')} sessions`;
}
