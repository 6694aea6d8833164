import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Stat, statOf } from '../stats.ts';
import { rotated } from './interleave.ts';
import type { Plan } from './plan.ts';

const NAMES = ['@coatcheck/hono', 'hono-sessions', '@hono/session'] as const;
const BENCH = fileURLToPath(new URL('../..', import.meta.url));
/** How many processes import a library in a round: a time of a few milliseconds varies. */
const TRIES = 3;

/** Measures how many milliseconds Node takes to import each library for Hono, in a process that has imported Hono. */
export async function measureImports(plan: Plan): Promise<Record<string, Stat>> {
  const times = new Map<string, number[]>(NAMES.map((name) => [name, []]));
  for (let round = 0; round < plan.rounds * TRIES; round += 1) {
    for (const name of rotated(NAMES, round)) times.get(name)?.push(await timeOf(name));
  }
  return Object.fromEntries([...times].map(([name, values]) => [name, statOf(values)]));
}

async function timeOf(name: string): Promise<number> {
  const script = `import 'hono';
    const start = performance.now();
    await import('${name}');
    console.log(performance.now() - start);`;
  const run = promisify(execFile);
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', script], { cwd: BENCH });
  return Number(stdout);
}
