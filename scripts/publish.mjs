// Publishes the tarballs of a folder whose version npm does not have yet. It needs nothing but Node.js and npm, since it runs where the
// identity for publishing is held. `node scripts/publish.mjs <folder> [--dry-run]`

import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { join } from 'node:path';

const [folder, ...flags] = process.argv.slice(2);
const tarballs = folder === undefined ? [] : globSync(join(folder, '*.tgz')).sort();
if (tarballs.length === 0) throw new Error(`node scripts/publish.mjs <folder>: ${folder} has no .tgz.`);

for (const tarball of tarballs) {
  const { name, version } = manifestIn(tarball);
  if (isPublished(name, version)) {
    process.stdout.write(`${name}@${version} is published already\n`);
    continue;
  }
  const { status } = spawnSync('npm', ['publish', tarball, '--access', 'public', '--provenance', ...flags], {
    stdio: 'inherit',
  });
  if (status !== 0) process.exit(status ?? 1);
}

/** Reads the name and the version that a tarball has. */
function manifestIn(/** @type {string} */ tarball) {
  const { status, stdout, stderr } = spawnSync('tar', ['-xzOf', tarball, 'package/package.json'], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${tarball} has no package.json: ${stderr}`);
  const { name, version } = JSON.parse(stdout);
  return { name: String(name), version: String(version) };
}

/** Asks the registry for a version. Only its own "not found" means that there is none; any other failure ends the run. */
function isPublished(/** @type {string} */ name, /** @type {string} */ version) {
  const { status, stdout, stderr } = spawnSync('npm', ['view', `${name}@${version}`, 'version', '--json'], {
    encoding: 'utf8',
  });
  if (status === 0) return stdout.trim() !== '';
  if (/\bE404\b/.test(stdout + stderr)) return false;
  throw new Error(`npm view ${name}@${version} failed: ${stderr}`);
}
