// Installs the programs outside npm that the tests need: node scripts/setup-system.mjs [name ...]
// Without a name: all of them. Where one is missing and cannot be installed, says so and exits with 1.

import { spawnSync } from 'node:child_process';
import { accessSync, constants, readdirSync, realpathSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The programs that the tests start, the names that each may have on PATH, its Debian package, and where else it is looked for: Debian keeps
 * some off PATH.
 *
 * @type {Readonly<Record<string, { readonly commands: readonly string[], readonly debian: string, readonly directories?: () => readonly string[] }>>}
 */
export const systemPrograms = {
  'redis-server': { commands: ['redis-server'], debian: 'redis-server' },
  postgresql: { commands: ['initdb'], debian: 'postgresql', directories: postgresDirectories },
  pgbouncer: { commands: ['pgbouncer'], debian: 'pgbouncer', directories: () => ['/usr/sbin'] },
  nginx: { commands: ['nginx'], debian: 'nginx-light', directories: () => ['/usr/sbin'] },
  caddy: { commands: ['caddy'], debian: 'caddy' },
  chromium: { commands: ['chromium', 'chromium-browser', 'google-chrome'], debian: 'chromium' },
  // It makes the certificates of tests over https.
  openssl: { commands: ['openssl'], debian: 'openssl' },
  // What better-sqlite3 12 is compiled with.
  'g++': { commands: ['g++', 'c++'], debian: 'g++' },
  make: { commands: ['make', 'gmake'], debian: 'make' },
  python3: { commands: ['python3'], debian: 'python3' },
};

/**
 * Gives the path of a program of the list, or undefined where it is not on PATH.
 *
 * @param {string} name
 * @returns {string | undefined}
 */
export function findSystemProgram(name) {
  const { commands = [], directories = () => [] } = systemPrograms[name] ?? {};
  return commands.map((command) => findCommand(command, directories())).find((path) => path !== undefined);
}

/** Where Debian keeps the programs of each version of PostgreSQL. @returns {readonly string[]} */
function postgresDirectories() {
  const versions = '/usr/lib/postgresql';
  try {
    return readdirSync(versions).map((version) => join(versions, version, 'bin'));
  } catch {
    return [];
  }
}

/**
 * @param {string} command
 * @param {readonly string[]} [others] directories besides those of PATH
 */
function findCommand(command, others = []) {
  return [...(process.env['PATH'] ?? '').split(delimiter), ...others]
    .filter((directory) => directory !== '')
    .map((directory) => join(directory, command))
    .find(isExecutable);
}

/** @param {string} path */
function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** @param {readonly string[]} args */
function aptGet(args) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  return spawnSync('apt-get', ['-o', 'DPkg::Lock::Timeout=300', ...args], { env, encoding: 'utf8' });
}

/** @param {readonly string[]} packages */
function install(packages) {
  process.stdout.write(`Installing ${packages.join(' and ')} with apt-get\n`);
  const updated = aptGet(['update', '-qq']);
  if (updated.status !== 0) process.stderr.write(updated.stderr);
  const installed = aptGet(['install', '-y', '-qq', '--no-install-recommends', ...packages]);
  if (installed.status !== 0) process.stderr.write(installed.stderr);
}

/** @param {readonly string[]} names */
function main(names) {
  const unknown = names.find((name) => !(name in systemPrograms));
  if (unknown !== undefined) fail(`"${unknown}" is not one of ${Object.keys(systemPrograms).join(', ')}.`);
  const wanted = names.length > 0 ? names : Object.keys(systemPrograms);
  const missing = () => wanted.filter((name) => findSystemProgram(name) === undefined);
  /** @param {readonly string[]} list */
  const debianPackages = (list) => list.map((name) => systemPrograms[name]?.debian ?? name);

  if (missing().length > 0 && process.getuid?.() === 0 && findCommand('apt-get') !== undefined) {
    install(debianPackages(missing()));
  }
  const left = missing();
  if (left.length > 0) {
    const packages = debianPackages(left).join(' ');
    fail(
      `missing: ${left.join(', ')}. Install what the tests need, on Debian: sudo apt-get install ${packages}`,
    );
  }
  for (const name of wanted) process.stdout.write(`${name}: ${findSystemProgram(name)}\n`);
}

/**
 * @param {string} message
 * @returns {never}
 */
function fail(message) {
  process.stderr.write(`setup-system: ${message}\n`);
  process.exit(1);
}

if (
  process.argv[1] !== undefined &&
  realpathSync(process.argv[1]) === realpathSync(fileURLToPath(import.meta.url))
) {
  main(process.argv.slice(2));
}
