import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { rounded } from './src/report/files.ts';
import { THEMES } from './src/report/plot.ts';
import { writeCapacityPage } from './src/scale/capacity-page.ts';
import { growRedis } from './src/scale/grow-redis.ts';
import { growSqlite } from './src/scale/grow-sqlite.ts';
import type { Growth, GrowthPlan, Point, StoreName } from './src/scale/growth.ts';
import { growthPlot } from './src/scale/growth-plot.ts';

// Fills SQLite to ten million sessions and Redis to three million, and measures reads, writes, sweeps and bytes on the way: `pnpm bench:scale`. Needs 6 GB of
// disk and 2.5 GB of memory, and takes some minutes. Writes bench/results/scale.json, the plots and the figures in docs/capacity.md.
// `--largest 1000000` stops at so many. `--quick` runs it small and writes nothing, since its figures mean nothing; `--report` only writes the plots and the page anew.
const RESULTS = new URL('results/scale.json', import.meta.url);
const { values } = parseArgs({
  options: { quick: { type: 'boolean' }, report: { type: 'boolean' }, largest: { type: 'string' } },
});
const isQuick = values.quick === true;
const largest = Number(values.largest ?? Number.POSITIVE_INFINITY);
if (!(largest >= 1e4)) throw new Error(`--largest must be 10000 or more; received '${values.largest}'.`);
const small: GrowthPlan = { sizes: [500, 1000], sample: 200, rounds: 2, swept: 100 };
const plans: Readonly<Record<StoreName, GrowthPlan>> = {
  sqlite: { sizes: upTo(1e4, 1e5, 1e6, 3e6, 1e7), sample: 20_000, rounds: 5, swept: 20_000 },
  redis: { sizes: upTo(1e4, 1e5, 1e6, 3e6), sample: 20_000, rounds: 5, swept: 0 },
};

const growth: Growth = values.report === true ? JSON.parse(readFileSync(RESULTS, 'utf8')) : await measure();
if (!isQuick) {
  writeFileSync(RESULTS, `${JSON.stringify(growth, rounded, 2)}\n`);
  for (const [name, theme] of Object.entries(THEMES))
    writeFileSync(new URL(`results/scale-${name}.svg`, import.meta.url), growthPlot(growth, theme));
  writeCapacityPage(growth);
}

function upTo(...sizes: readonly number[]): readonly number[] {
  return sizes.filter((size) => size <= largest);
}

async function measure(): Promise<Growth> {
  return {
    measured: {
      date: new Date().toISOString().slice(0, 10),
      cores: cpus().length,
      cpu: cpus()[0]?.model.trim() ?? 'unknown',
      node: process.version,
      redis:
        /v=(\S+)/.exec(execFileSync('redis-server', ['--version'], { encoding: 'utf8' }))?.[1] ?? 'unknown',
      isQuick,
    },
    points: {
      sqlite: await growSqlite(isQuick ? small : plans.sqlite, (point) => note('SQLite', point)),
      redis: await growRedis(isQuick ? small : plans.redis, (point) => note('Redis', point)),
    },
  };
}

function note(store: string, { sessions, bytesEach, read, write, sweep }: Point): void {
  const swept = sweep && `, a swept session ${sweep.cpu.toFixed(1)} µs CPU, ${sweep.wall.toFixed(1)} µs`;
  console.log(
    `${store}, ${sessions.toLocaleString('en-GB')} sessions: ${bytesEach.toFixed(0)} bytes each, read ${read.median.toFixed(1)} µs, write ${write.median.toFixed(1)} µs${swept ?? ''}`,
  );
}
