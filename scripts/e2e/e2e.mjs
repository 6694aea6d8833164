// Installs the packed packages as an app would, with npm and outside the workspace, and uses them: node scripts/e2e/e2e.mjs [--native] [set ...]
// The packages must be built. Without a name: all version sets. --native lets better-sqlite3 12 compile or download its binary,
// which needs more than the registry; without it that version is checked by its types only.

import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { packAll } from './pack.mjs';
import { startRedis } from './redis-server.mjs';
import { check, report, run } from './run.mjs';
import { versionSets } from './version-sets.mjs';

const consumer = fileURLToPath(new URL('consumer', import.meta.url));
const npmInstall = ['install', '--prefer-offline', '--no-audit', '--no-fund', '--no-package-lock'];
const clean = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(npm|pnpm)_/i.test(name) && name !== 'NODE_OPTIONS'),
);

/**
 * @param {string} project
 * @param {Readonly<Record<string, string>>} dependencies
 * @param {readonly string[]} [flags]
 */
async function install(project, dependencies, flags = []) {
  await mkdir(project, { recursive: true });
  await writeFile(join(project, 'package.json'), JSON.stringify({ private: true, dependencies }, null, 2));
  await run('npm', [...npmInstall, ...flags], { cwd: project, env: clean });
}

/** @param {string} project @param {string} module @param {string} resolution */
async function typeCheck(project, module, resolution) {
  const compilerOptions = {
    target: 'es2023',
    module,
    moduleResolution: resolution,
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: false,
    noEmit: true,
    types: ['node'],
  };
  const config = `tsconfig.${resolution}.json`;
  await writeFile(join(project, config), JSON.stringify({ compilerOptions, files: ['types.ts'] }));
  const tsc = ['node_modules/typescript/bin/tsc', '-p', config, '--pretty', 'false'];
  await run('node', tsc, { cwd: project, env: clean, seconds: 240 }).catch((error) => {
    // Declarations of ours are checked in full; faults in those of others are not ours to mend.
    const faults = String(error.message).match(/^.+\(\d+,\d+\): error TS.*$/gm);
    const ours = faults?.filter((fault) => !/^node_modules\/(?!@coatcheck\/)/.test(fault));
    if (faults === null || ours.length > 0) throw error;
  });
}

/**
 * @param {string} name
 * @param {string} project
 * @param {Readonly<Record<string, string>>} packages
 * @param {{ native: boolean, socket: string | undefined }} given
 */
async function checkSet(name, project, packages, { native, socket }) {
  const versions = versionSets[name] ?? {};
  const binary = native || name === 'current';
  const flags = binary ? [] : ['--ignore-scripts'];
  const installed = await check(`${name}: npm install`, () =>
    install(project, { ...packages, ...versions }, flags),
  );
  if (!installed) return;
  await cp(consumer, project, { recursive: true });
  /** @param {string} what @param {readonly string[]} args */
  const runs = (what, ...args) =>
    check(`${name}: ${what}`, () => run('node', args, { cwd: project, env: clean }));
  await runs('import', 'import.mjs');
  await runs('require()', 'require.cjs');
  await runs('HTTP on Express, Koa and Hono', 'round-trip.mjs', project);
  if (binary) await runs('better-sqlite3', 'better-sqlite3.mjs');
  else process.stdout.write(`--    ${name}: better-sqlite3: types only, without --native\n`);
  if (socket !== undefined) await runs('node-redis and ioredis', 'redis.mjs', socket);
  else process.stdout.write(`--    ${name}: node-redis and ioredis: types only, no redis-server on PATH\n`);
  // The last of the major before has its types checked in the tests of each package.
  if (name === 'previous') return;
  await Promise.all([
    check(`${name}: types under nodenext`, () => typeCheck(project, 'nodenext', 'nodenext')),
    check(`${name}: types under bundler`, () => typeCheck(project, 'esnext', 'bundler')),
  ]);
}

async function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { native: { type: 'boolean' } },
  });
  const names = positionals.length > 0 ? positionals : Object.keys(versionSets);
  const unknown = names.find((name) => !(name in versionSets));
  if (unknown !== undefined)
    throw new Error(`"${unknown}" is not one of ${Object.keys(versionSets).join(', ')}`);
  const directory = await mkdtemp(join(tmpdir(), 'coatcheck-e2e-'));
  const redis = await startRedis(directory);
  try {
    const packed = await packAll(join(directory, 'tarballs'));
    const packages = Object.fromEntries(packed.map(({ name, tarball }) => [name, `file:${tarball}`]));
    for (const name of names) {
      await checkSet(name, join(directory, name), packages, {
        native: values.native === true,
        socket: redis?.socket,
      });
    }
  } finally {
    redis?.stop();
    await rm(directory, { recursive: true, force: true });
  }
  report();
}

await main();
