// Everything that a change must pass, in order; stops at the first step that fails. Run it as `npm test`.

import { fileURLToPath } from 'node:url';
import { runChild } from './child.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const env = { ...process.env, TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' };

/** @type {readonly (readonly [heading: string, command: string, ...args: string[]])[]} */
const steps = [
  ['Install', 'pnpm', 'install', '--frozen-lockfile'],
  ['System programs', 'node', 'scripts/setup-system.mjs'],
  ['Format and lint', 'pnpm', '--silent', 'exec', 'biome', 'ci', '.'],
  ['Workflows', 'node', 'scripts/check-workflows.mjs'],
  ['Commit subjects', 'node', 'scripts/check-commits.mjs'],
  ['Build', 'pnpm', '--silent', 'exec', 'turbo', 'run', 'build', '--output-logs=errors-only'],
  ['Types', 'pnpm', '--silent', 'exec', 'tsc', '-b'],
  ['Documentation', 'node', 'scripts/check-docs.mjs'],
  ['Page of error messages', 'node', 'scripts/errors-page.ts', '--check'],
  ['Bundle sizes', 'node', 'bench/src/main.ts', '--sizes'],
  ['Packages as they would be published', 'node', 'scripts/e2e/packages.mjs'],
  ['Packages as npm installs them', 'node', 'scripts/e2e/e2e.mjs'],
  ['Benchmarks, to see that they run', 'node', 'bench/src/main.ts', '--quick'],
  ['Tests', 'pnpm', '--silent', 'exec', 'vitest', 'run'],
];

/** How often a step that runs says so, in milliseconds: some print nothing until they end. */
const REMINDER = 25_000;

for (const [index, [heading, command, ...args]] of steps.entries()) {
  process.stdout.write(`\n== ${index + 1}/${steps.length} ${heading} ==\n`);
  const start = performance.now();
  const reminder = setInterval(() => {
    process.stdout.write(`(${heading}: ${Math.round((performance.now() - start) / 1000)} s so far)\n`);
  }, REMINDER);
  const { code, signal } = await runChild(command, args, { cwd: root, env });
  clearInterval(reminder);
  if (code !== 0 || signal !== undefined) {
    // The tests end with their own count, which stays the last line.
    if (heading !== 'Tests') process.stdout.write(`\nThe step "${heading}" failed with exit code ${code}.\n`);
    process.exit(code === 0 ? 1 : code);
  }
  if (heading !== 'Tests') process.stdout.write(`(${((performance.now() - start) / 1000).toFixed(1)} s)\n`);
}
