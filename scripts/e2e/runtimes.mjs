import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from './pack.mjs';
import { run } from './run.mjs';

/** What the tests of `packed.config.ts` import, besides Hono and Fastify. Without the other frameworks npm has less to install. */
export const runtimePackages = [
  ...['adapter-contract', 'cloudflare', 'core', 'fastify', 'fetch', 'hono', 'sqlite'],
].map((name) => `@coatcheck/${name}`);

/** The runtimes that must keep the contract of adapters, and the adapters that must keep it on all of them. */
const RUNTIMES = ['Node.js', 'Bun', 'Deno', 'workerd'];
const PORTABLE = ['hono', 'fetch'];

/**
 * A test, as the JSON reporter of Vitest shows it.
 *
 * @typedef {{ readonly ancestorTitles: readonly string[], readonly status: string }} Result
 */

/**
 * Runs the tests of Hono, Fetch, Fastify and the stores of Workers on the packages that are installed in a folder. Returns a line about each group.
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
  for (const name of PORTABLE) {
    const clauses = RUNTIMES.map((runtime) => counts.get(contractOn(name, runtime)));
    if (clauses[0] === undefined || new Set(clauses).size > 1) {
      throw new Error(
        `With @coatcheck/${name} on ${RUNTIMES.join(', ')} there ran ${clauses.join(', ')} clauses of the contract.`,
      );
    }
  }
  return [...counts].map(([group, count]) => `${group}: ${count} passed`).toSorted();
}

/** @param {string} file @param {readonly string[]} ancestors */
function groupOf(file, ancestors) {
  const [, name] = /packages\/(\w+)\/src\/(?:runtimes\/runtimes|contract)\.test/.exec(file) ?? [];
  if (name === undefined) return file.slice(root.length);
  const runtime = RUNTIMES.find((each) => ancestors.some((title) => title === `on ${each}`));
  // Fetch has its contract on Node.js in two ways.
  const way = ancestors.find((title) => title === 'open() and finish()');
  return contractOn(name, runtime ?? 'Node.js') + (way === undefined ? '' : `, by ${way}`);
}

/** @param {string} name @param {string} runtime */
const contractOn = (name, runtime) => `adapter contract of @coatcheck/${name} on ${runtime}`;
