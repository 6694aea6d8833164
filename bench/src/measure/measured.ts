import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus } from 'node:os';
import { SIDES } from '../side-list.ts';
import type { Plan } from './plan.ts';
import type { Measured } from './results.ts';

/** Says when and on what the measurements are taken. No name of the machine and no path. */
export function measuredNow(plan: Plan, redis: string | undefined): Measured {
  const names = [...new Set(SIDES.flatMap(({ packages }) => packages)), '@hono/node-server'].sort();
  return {
    date: new Date().toISOString().slice(0, 10),
    cores: cpus().length,
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    node: process.version,
    redis,
    versions: Object.fromEntries(names.map((name) => [name, versionOf(name)])),
    isQuick: plan.isQuick,
    rounds: plan.rounds,
  };
}

/** Looks a package's version up where it is installed: not every package exports its package.json. */
function versionOf(name: string): string {
  const directories = createRequire(import.meta.url).resolve.paths(name) ?? [];
  for (const directory of directories) {
    try {
      const { version }: { version?: unknown } = JSON.parse(
        readFileSync(`${directory}/${name}/package.json`, 'utf8'),
      );
      if (typeof version === 'string') return version;
    } catch {
      // It is not there: the next directory may have it.
    }
  }
  return 'unknown';
}
