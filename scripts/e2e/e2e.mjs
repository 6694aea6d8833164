// Installs the packed packages as an app would, with npm and outside the workspace, and uses them: node scripts/e2e/e2e.mjs [--every-node] [set ...]
// The packages must be built. Without a name: all version sets. A set is run on two versions of Node.js, with --every-node on all. better-sqlite3 12 is compiled, which takes a compiler, make and Python.

import { cp, mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { bringNodes } from './node-binaries.mjs';
import { NpmProject } from './npm-project.mjs';
import { packAll } from './pack.mjs';
import { quickStartDependencies, tryQuickStarts } from './quick-starts.mjs';
import { startRedis } from './redis-server.mjs';
import { check, report } from './run.mjs';
import { runtimePackages, testOnRuntimes } from './runtimes.mjs';
import { commonJsDependencies, nodeVersions, versionSets } from './version-sets.mjs';

const consumer = fileURLToPath(new URL('consumer', import.meta.url));
const jest = fileURLToPath(new URL('jest', import.meta.url));
/** The name of the project that `checkCommonJs` sets up. */
const COMMON_JS = 'commonjs';
/** The name of the project that `checkRuntimes` sets up. */
const ON_RUNTIMES = 'runtimes';
/** The name of the project that `checkQuickStarts` sets up. */
const QUICK_STARTS = 'quick-starts';
/** What is compiled. Two programs, because @coatcheck/express and @coatcheck/express-session both declare req.session. */
const typePrograms = [['types.ts', 'pglite.mts'], ['express-session.ts']];
/** The compilers of the app in CommonJS: the package of each, and its version. */
const compilers = { typescript: 5.9, 'typescript-6': 6, 'typescript-7': 7 };
/** Tells whether a version of TypeScript has a pair of settings: `bundler` goes with CommonJS since 6, and 7 no longer has `node10`. */
const isKnown = (
  /** @type {number} */ version,
  /** @type {string} */ module,
  /** @type {string} */ resolution,
) => (resolution === 'node10' ? version < 7 : module !== 'commonjs' || version >= 6);
/** How many projects are tried at once. */
const lanes = Math.min(2, availableParallelism());

/**
 * What all sets have in common: the packages to install, by name, the Node.js to run on, and a Redis server.
 *
 * @typedef {{
 *   readonly packages: Readonly<Record<string, string>>,
 *   readonly nodes: readonly import('./node-binaries.mjs').NodeBinary[],
 *   readonly socket: string,
 *   readonly isOnEveryNode: boolean,
 * }} Given
 */

/**
 * Compiles the consumer's types; gives the other packages whose own declarations have faults.
 *
 * @param {NpmProject} project
 * @param {string} module
 * @param {string} resolution
 * @param {readonly (readonly string[])[]} programs the files of each
 * @param {string} [compiler] the folder of the TypeScript that compiles them
 * @returns {Promise<readonly string[]>}
 */
async function typeCheck(project, module, resolution, programs, compiler = 'typescript') {
  const compilerOptions = {
    target: 'es2023',
    module,
    moduleResolution: resolution,
    ...(module === 'commonjs' && { esModuleInterop: true }),
    // TypeScript 6 still knows it, and warns of it.
    ...(resolution === 'node10' && compiler === 'typescript-6' && { ignoreDeprecations: '6.0' }),
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: false,
    noEmit: true,
    types: ['node'],
  };
  const faulty = [];
  for (const files of programs) {
    faulty.push(
      ...(await compile(
        project,
        `tsconfig.${module}.${resolution}.json`,
        { compilerOptions, files },
        compiler,
      )),
    );
  }
  return [...new Set(faulty)];
}

/**
 * Compiles one program.
 *
 * @param {NpmProject} project
 * @param {string} config
 * @param {object} content
 * @param {string} compiler
 * @returns {Promise<readonly string[]>}
 */
async function compile(project, config, content, compiler) {
  await project.writeJson(config, content);
  const tsc = [`node_modules/${compiler}/bin/tsc`, '-p', config, '--pretty', 'false'];
  try {
    await project.run(process.execPath, ...tsc);
    return [];
  } catch (error) {
    // Declarations of ours are checked in full; faults in those of others are not ours to mend.
    const faults = String(error).match(/^.+\(\d+,\d+\): error TS.*$/gm) ?? [];
    const others = faults.map((fault) => /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(fault)?.[1] ?? '');
    if (faults.length === 0 || others.some((name) => name === '' || name.startsWith('@coatcheck/'))) {
      throw error;
    }
    return [...new Set(others)];
  }
}

/**
 * Installs and uses the packages in one project of their own.
 *
 * @param {string} name
 * @param {string} directory
 * @param {Given} given
 */
async function checkSet(name, directory, { packages, nodes, socket, isOnEveryNode }) {
  const set = versionSets[name];
  const installing = nodes.find(({ version }) => version === set?.node);
  if (set === undefined || installing === undefined)
    throw new Error(`"${name}" is no set that can be installed`);
  const tell = (/** @type {string} */ line) => process.stdout.write(`      ${name}: ${line}\n`);
  const project = new NpmProject(directory);
  const installed = await check(`${name}: npm install`, () =>
    project.install({ ...packages, ...set.dependencies }, installing),
  );
  if (!installed) return;
  await cp(consumer, directory, { recursive: true });
  const versions = Object.keys(set.dependencies).map(
    async (each) => `${each} ${await project.versionOf(each)}`,
  );
  tell((await Promise.all(versions)).join(', '));

  const running = nodes.filter(({ version }) => isOnEveryNode || set.runsOn.includes(version));
  for (const { version, program } of running) {
    /** @param {string} what @param {readonly string[]} args */
    const runs = (what, ...args) =>
      check(`${name}, Node.js ${version}: ${what}`, () => project.run(program, ...args));
    await runs('import', 'import.mjs');
    await runs('require()', 'require.cjs');
    await runs('HTTP on Express, Koa, Hono, Fastify and Fetch', 'round-trip.mjs', directory);
    await runs('node-redis and ioredis', 'redis.mjs', socket);
    await runs('PGlite', 'pglite.mjs');
    if (set.betterSqliteOn.includes(version)) await runs('better-sqlite3', 'better-sqlite3.mjs');
    else tell(`this better-sqlite3 is not for Node.js ${version}`);
  }
  const types = (/** @type {string} */ module, /** @type {string} */ resolution) =>
    check(`${name}: types under ${resolution}`, async () => {
      const others = await typeCheck(project, module, resolution, typePrograms);
      if (others.length > 0)
        tell(`under ${resolution} there are faults in the declarations of ${others.join(', ')}`);
    });
  await Promise.all([types('nodenext', 'nodenext'), types('node16', 'node16'), types('esnext', 'bundler')]);
}

/**
 * Uses the packages as an app in CommonJS does: under Jest and ts-jest with their defaults, with three versions of TypeScript in each of their
 * module settings, and beside the ES modules in one process.
 *
 * @param {string} directory
 * @param {Given} given
 */
async function checkCommonJs(directory, { packages, nodes }) {
  const node = nodes.find(({ version }) => version === '24.21.0');
  if (node === undefined) throw new Error('Node.js 24.21.0 is not among the versions');
  const project = new NpmProject(directory);
  const installed = await check(`${COMMON_JS}: npm install`, () =>
    project.install({ ...packages, ...commonJsDependencies }, node),
  );
  if (!installed) return;
  await cp(consumer, directory, { recursive: true });
  await cp(jest, directory, { recursive: true });
  /** @param {string} what @param {readonly string[]} args */
  const runs = (what, ...args) => check(`${COMMON_JS}: ${what}`, () => project.run(node.program, ...args));
  const runJest = ['node_modules/jest/bin/jest.js', '--ci', '--no-watchman'];
  await runs('Jest with its defaults', ...runJest, 'session.test.js');
  await project.writeJson('tsconfig.json', {
    compilerOptions: { module: 'commonjs', target: 'es2023', esModuleInterop: true, strict: true },
  });
  await project.writeJson('jest.config.json', { transform: { '^.+\\.ts$': 'ts-jest' } });
  await runs('ts-jest', ...runJest, '--config', 'jest.config.json', 'typed.test.ts');
  await runs('both copies in one process', 'two-copies.mjs');
  for (const [compiler, version] of Object.entries(compilers)) {
    for (const [module, resolution] of /** @type {const} */ ([
      ['commonjs', 'node10'],
      ['commonjs', 'bundler'],
      ['node16', 'node16'],
      ['nodenext', 'nodenext'],
      ['esnext', 'bundler'],
    ])) {
      if (!isKnown(version, module, resolution)) continue;
      await check(`${COMMON_JS}: types under ${module} and ${resolution}, TypeScript ${version}`, () =>
        typeCheck(project, module, resolution, [['types-commonjs.ts']], compiler),
      );
    }
  }
}

/**
 * Runs the tests of the adapters and of the stores of Workers on the packages as they are installed, on Node.js, Bun, Deno and workerd.
 *
 * @param {string} directory
 * @param {Given} given
 */
async function checkRuntimes(directory, { packages }) {
  const wanted = Object.entries(packages).filter(([name]) => runtimePackages.includes(name));
  const installed = await check(`${ON_RUNTIMES}: npm install`, () =>
    new NpmProject(directory).install({
      ...Object.fromEntries(wanted),
      ...{ fastify: '5', hono: '4', '@hono/node-server': '2' },
    }),
  );
  if (!installed) return;
  await check(`${ON_RUNTIMES}: the contracts, concurrent requests and the small shops`, async () => {
    const lines = await testOnRuntimes(directory);
    for (const line of lines) process.stdout.write(`      ${ON_RUNTIMES}: ${line}\n`);
  });
}

/**
 * Runs every file of the quick starts in the documentation.
 *
 * @param {string} directory
 * @param {Given} given
 */
async function checkQuickStarts(directory, { packages }) {
  const project = new NpmProject(directory);
  const installed = await check(`${QUICK_STARTS}: npm install`, () =>
    project.install({ ...packages, ...quickStartDependencies }),
  );
  if (!installed) return;
  await check(`${QUICK_STARTS}: every file compiles and serves a visitor`, async () => {
    const files = await tryQuickStarts(directory, project);
    process.stdout.write(`      ${QUICK_STARTS}: ${files.join(', ')}\n`);
  });
}

/** @param {readonly string[]} chosen @param {boolean} isOnEveryNode */
async function main(chosen, isOnEveryNode) {
  const known = [...Object.keys(versionSets), COMMON_JS, ON_RUNTIMES, QUICK_STARTS];
  const names = chosen.length > 0 ? chosen : known;
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) throw new Error(`"${unknown}" is not one of ${known.join(', ')}`);
  const directory = await mkdtemp(join(tmpdir(), 'coatcheck-e2e-'));
  const redis = await startRedis(directory);
  try {
    const [packed, nodes] = await Promise.all([
      packAll(join(directory, 'tarballs')),
      bringNodes(join(directory, 'nodes'), nodeVersions),
    ]);
    const packages = Object.fromEntries(packed.map(({ name, tarball }) => [name, `file:${tarball}`]));
    const given = { packages, nodes, socket: redis.socket, isOnEveryNode };
    const waiting = names.map((name, at) => () => {
      const project = join(directory, `set-${at}`);
      if (name === COMMON_JS) return checkCommonJs(project, given);
      if (name === QUICK_STARTS) return checkQuickStarts(project, given);
      return name === ON_RUNTIMES ? checkRuntimes(project, given) : checkSet(name, project, given);
    });
    const lane = async () => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await next();
    };
    await Promise.all(Array.from({ length: lanes }, lane));
  } finally {
    redis.stop();
    await rm(directory, { recursive: true, force: true });
  }
  report();
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { 'every-node': { type: 'boolean', default: false } },
});
await main(positionals, values['every-node']);
