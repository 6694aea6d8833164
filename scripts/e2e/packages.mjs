// Checks the packages as they would be published: node scripts/e2e/packages.mjs. They must be built.

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packAll, root } from './pack.mjs';
import { check, report, run } from './run.mjs';
import { nodeVersions, versionSets } from './version-sets.mjs';

/** @typedef {{ engines?: Record<string, string>, peerDependencies?: Record<string, string> }} Manifest */

const bin = (/** @type {string} */ name) => join(root, 'node_modules', '.bin', name);

/** Looks that the Node.js and the peers which a manifest allows begin where the version sets do. */
function checkRanges(/** @type {Manifest} */ { engines, peerDependencies = {} }) {
  const least = `>=${nodeVersions[0]?.replace(/\.0$/, '')}`;
  if (engines?.['node'] !== least) throw new Error(`engines.node is not ${least}, where the tests begin`);
  for (const [name, range] of Object.entries(peerDependencies)) {
    const tried = Object.values(versionSets).map(({ dependencies }) => `^${dependencies[name]}`);
    const left = range.split(' || ').filter((part) => !tried.includes(part));
    if (left.length > 0)
      throw new Error(`no version set begins where "${name}": "${left.join(' || ')}" does`);
  }
}

/** Versions a clone as a release would, and looks that every public package got a version and a changelog. */
async function dryRun(/** @type {string} */ directory, /** @type {readonly string[]} */ names) {
  const clone = join(directory, 'clone');
  await run('git', ['clone', '--quiet', '--no-hardlinks', root, clone]);
  const pending = await run('git', ['ls-files', '.changeset/*.md'], { cwd: clone });
  await run(bin('changeset'), ['version'], { cwd: clone });
  const changed = (await run('git', ['status', '--porcelain', '-uall'], { cwd: clone })).split('\n');
  const unreleased = changed.filter((line) => /^.. (?:apps|bench|docs)\//.test(line));
  if (unreleased.length > 0) throw new Error(`changed, but not published:\n${unreleased.join('\n')}`);
  for (const name of names) {
    const folder = join(clone, 'packages', name.replace('@coatcheck/', ''));
    const { version } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
    if (version === '0.0.0') throw new Error(`${name} has no version: add a changeset for it.`);
    const changelog = await readFile(join(folder, 'CHANGELOG.md'), 'utf8');
    if (!changelog.includes(`## ${version}`)) throw new Error(`${name}: CHANGELOG.md lacks ${version}.`);
  }
  if (pending.trim() === '' && changed.some((line) => line !== '')) {
    throw new Error('Without a changeset nothing should have changed.');
  }
}

async function main() {
  const directory = await mkdtemp(join(tmpdir(), 'coatcheck-packages-'));
  try {
    const packed = await packAll(directory);
    for (const { name, tarball } of packed) {
      await check(`${name}: publint`, () => run(bin('publint'), ['run', tarball, '--strict']));
      await check(`${name}: attw`, () => run(bin('attw'), [tarball, '--profile', 'strict']));
      await check(`${name}: README, licence and manifest`, async () => {
        const files = await run('tar', ['-tzf', tarball]);
        for (const file of ['package/README.md', 'package/LICENSE']) {
          if (!files.split('\n').includes(file)) throw new Error(`the tarball lacks ${file}`);
        }
        const manifest = JSON.parse(await run('tar', ['-xzOf', tarball, 'package/package.json']));
        const { exports, imports, dependencies, peerDependencies } = manifest;
        const met = JSON.stringify({ exports, imports, dependencies, peerDependencies });
        const left = /workspace:|catalog:|@coatcheck\/source|\/src\//.exec(met);
        if (left !== null) throw new Error(`the tarball's package.json still has "${left[0]}"`);
        checkRanges(manifest);
      });
    }
    await check('knip', () => run(bin('knip'), ['--no-config-hints'], { cwd: root }));
    await check('changeset version (dry run)', () =>
      dryRun(
        directory,
        packed.map(({ name }) => name),
      ),
    );
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
  report();
}

await main();
