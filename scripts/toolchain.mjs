// Runs pnpm with the Node.js and the pnpm that this repository needs: those on PATH where they are new enough, otherwise
// those that npx brings. Needs nothing but Node.js 18 and npm: node scripts/toolchain.mjs <arguments for pnpm>

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runChild } from './child.mjs';

const script = fileURLToPath(import.meta.url);
const root = fileURLToPath(new URL('..', import.meta.url));
const shell = process.platform === 'win32';

const leastNode = '24.11.0';
const leastPnpm = '12.0.0';
const fetchedNode = '24.21.0';

/**
 * Says whether a version, as a program prints it, is at least another. What is not a version is not; a pre-release comes
 * before its release.
 *
 * @param {string | undefined} version
 * @param {string} least
 * @returns {boolean}
 */
export function isAtLeast(version, least) {
  const given = parseVersion(version);
  const wanted = parseVersion(least);
  if (given === undefined || wanted === undefined) return false;
  for (const [index, part] of wanted.parts.entries()) {
    const difference = (given.parts[index] ?? 0) - part;
    if (difference !== 0) return difference > 0;
  }
  return !given.preRelease || wanted.preRelease;
}

/**
 * Says what is needed to run a command that the given Node.js cannot run; undefined if it can.
 *
 * @param {string} command
 * @param {string} version
 * @returns {string | undefined}
 */
export function whatIsNeeded(command, version) {
  if (isAtLeast(version, leastNode)) return undefined;
  return `${command} needs Node.js ${leastNode} or later, and this is ${version}. Install it, or run npm start, which downloads what it needs.`;
}

/** @param {string | undefined} text */
function parseVersion(text) {
  const match = /^v?(\d+)\.(\d+)\.(\d+)(-[^+]+)?/.exec(text?.trim() ?? '');
  if (match === null) return undefined;
  return {
    parts: [Number(match[1]), Number(match[2]), Number(match[3])],
    preRelease: match[4] !== undefined,
  };
}

/**
 * Leaves out what npm sets for the scripts that it runs: it would be read as settings for pnpm.
 *
 * @param {NodeJS.ProcessEnv} env
 * @returns {NodeJS.ProcessEnv}
 */
export function withoutNpmVariables(env) {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('npm_')));
}

/**
 * Gives the version that a program on PATH prints. It is asked outside the repository, where no `packageManager` field
 * makes it fetch another version of itself.
 *
 * @param {string} program
 * @param {NodeJS.ProcessEnv} env
 */
function versionOf(program, env) {
  const asked = spawnSync(program, ['--version'], {
    cwd: tmpdir(),
    env,
    encoding: 'utf8',
    shell,
    timeout: 30_000,
  });
  return asked.status === 0 ? asked.stdout.trim() : undefined;
}

/**
 * Gives an environment whose PATH begins with the right programs.
 *
 * @returns {NodeJS.ProcessEnv}
 */
function findToolchain() {
  const env = withoutNpmVariables(process.env);
  if (isAtLeast(versionOf('node', env), leastNode) && isAtLeast(versionOf('pnpm', env), leastPnpm))
    return env;

  const fetchedPnpm = packageManagerVersion();
  const wanted = `Node.js ${fetchedNode} and pnpm ${fetchedPnpm}`;
  const packages = ['-p', `node@${fetchedNode}`, '-p', `pnpm@${fetchedPnpm}`];
  // Outside the repository too: npx would otherwise read its package.json, which npm cannot.
  const npx = spawnSync('npx', ['--yes', ...packages, '--', 'node', script, '--where'], {
    cwd: tmpdir(),
    env: process.env,
    encoding: 'utf8',
    shell,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (npx.error) fail(`npx could not be started (${npx.error.message}). Install npm, or ${wanted}.`);
  if (npx.status !== 0)
    fail(`npx could not bring ${wanted}: ${firstLine(npx.stderr)}. Is the npm registry reachable?`);

  const [version, directory] = npx.stdout.trim().split('\n').slice(-2);
  if (!isAtLeast(version, leastNode)) {
    fail(
      `npx gave Node.js ${version} in place of ${fetchedNode}. Where npm's setting ignore-scripts is true, set it to false; or install ${wanted}.`,
    );
  }
  const found = { ...env, PATH: `${directory}${delimiter}${env['PATH'] ?? ''}` };
  const pnpm = versionOf('pnpm', found);
  if (!isAtLeast(pnpm, leastPnpm))
    fail(`npx gave pnpm ${pnpm ?? 'nothing'} in place of ${fetchedPnpm}. Install ${wanted}.`);
  return found;
}

function packageManagerVersion() {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return String(manifest.packageManager).replace(/^pnpm@/, '');
}

/**
 * Ends this process, and with it what it runs, once the npm that started it is gone: npm dies of a SIGHUP or a SIGKILL
 * without passing it on.
 */
function endWithNpm() {
  if (process.env['npm_lifecycle_event'] === undefined) return;
  const npm = process.ppid;
  setInterval(() => {
    if (process.ppid !== npm) process.kill(process.pid, 'SIGTERM');
  }, 500).unref();
}

/** Prints, where npx has started this script, which Node.js it gave and the directory of the programs that it brought. */
function printWhere() {
  const directories = (process.env['PATH'] ?? '').split(delimiter);
  const directory = directories.find((one) => existsSync(join(one, 'pnpm')));
  if (directory === undefined) fail('npx put no directory with pnpm on PATH.');
  process.stdout.write(`${process.version}\n${directory}\n`);
}

/** @param {string} text */
function firstLine(text) {
  const line = text.split('\n').find((one) => /error/i.test(one)) ?? text.trim().split('\n')[0] ?? '';
  return line.trim() === '' ? 'it gave no reason' : line.trim().replace(/\.$/, '');
}

/**
 * @param {string} message
 * @returns {never}
 */
function fail(message) {
  process.stderr.write(`toolchain: ${message}\n`);
  process.exit(1);
}

/** @param {readonly string[]} args */
async function main(args) {
  if (args[0] === '--where') return printWhere();
  if (args.length === 0) fail('say what pnpm is to do, for example: node scripts/toolchain.mjs run demo');
  const env = findToolchain();
  endWithNpm();
  const { code } = await runChild('pnpm', args, { cwd: root, env, shell });
  process.exit(code);
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === realpathSync(script)) {
  await main(process.argv.slice(2));
}
