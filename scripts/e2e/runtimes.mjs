import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from './pack.mjs';
import { run } from './run.mjs';

/** What the tests of `packed.config.ts` import, besides Hono. Without the other frameworks npm has less to install. */
export const runtimePackages = ['adapter-contract', 'cloudflare', 'core', 'hono', 'sqlite'].map(
  (name) => `@coatcheck/${name}`,
);

/** The runtimes that must keep the contract of adapters. */
const RUNTIMES = ['Node.js', 'Bun', 'Deno', 'workerd'];

/**
 * A test, as the JSON reporter of Vitest shows it.
 *
 * @typedef {{ readonly ancestorTitles: readonly string[], readonly status: string }} Result
 */

/**
 * Runs the tests of Hono and of the stores of Workers on the packages that are installed in a folder. Returns a line about each group.
 *
 * @param {string} directory
 * @returns {Promise<readonly string[]>}
 */
export async function testOnRuntimes(directory) {
  const outputFile = join(directory, 'results.json');
  const vitest = [join(root, 'node_modules/vitest/vitest.mjs'), 'run'];
  const config = ['--config', join(root, 'scripts/e2e/packed.config.ts')];
  const reporters = ['--reporter', 'default', '--reporter', 'json', '--outputFile', outputFile];
  await run(process.execPath, [...vitest, ...config, ...reporters], {
    cwd: root,
    env: { ...process.env, COATCHECK_PACKED: directory, NO_COLOR: '1' },
    seconds: 240,
  });
  /** @type {{ testResults: readonly { name: string, assertionResults: readonly Result[] }[] }} */
  const { testResults } = JSON.parse(await readFile(outputFile, 'utf8'));
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const { name, assertionResults } of testResults) {
    for (const { ancestorTitles, status } of assertionResults) {
      if (status !== 'passed') continue;
      const group = groupOf(name, ancestorTitles);
      counts.set(group, (counts.get(group) ?? 0) + 1);
    }
  }
  const clauses = RUNTIMES.map((runtime) => counts.get(contractOn(runtime)));
  if (clauses[0] === undefined || new Set(clauses).size > 1)
    throw new Error(`On ${RUNTIMES.join(', ')} there ran ${clauses.join(', ')} clauses of the contract.`);
  return [...counts].map(([group, count]) => `${group}: ${count} passed`).toSorted();
}

/** @param {string} file @param {readonly string[]} ancestors */
function groupOf(file, ancestors) {
  if (!/packages\/hono\/src\/(?:runtimes\/runtimes|contract)\.test/.test(file))
    return file.slice(root.length);
  return contractOn(RUNTIMES.find((name) => ancestors.some((title) => title === `on ${name}`)) ?? 'Node.js');
}

/** @param {string} runtime */
const contractOn = (runtime) => `adapter contract of @coatcheck/hono on ${runtime}`;
