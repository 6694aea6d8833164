// Packs the public packages into a folder, as a registry would get them: node scripts/e2e/pack.mjs <folder>

import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from './run.mjs';

export const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * A package and its tarball, as a registry would get it.
 *
 * @typedef {{ readonly name: string, readonly directory: string, readonly tarball: string }} Packed
 */

/**
 * Packs every public package into a directory.
 *
 * @param {string} target
 * @returns {Promise<readonly Packed[]>}
 */
export async function packAll(target) {
  await mkdir(target, { recursive: true });
  const directories = (await readdir(join(root, 'packages'))).map((name) => join(root, 'packages', name));
  const packed = [];
  for (const directory of directories) {
    const manifest = JSON.parse(await readFile(join(directory, 'package.json'), 'utf8'));
    if (manifest.private === true) continue;
    const tarball = join(target, `${manifest.name.replace('@', '').replace('/', '-')}.tgz`);
    await run('pnpm', ['pack', '--out', tarball], { cwd: directory });
    packed.push({ name: manifest.name, directory, tarball });
  }
  return packed;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const target = process.argv[2];
  if (target === undefined) throw new Error('node scripts/e2e/pack.mjs <folder>');
  for (const { tarball } of await packAll(resolve(target))) process.stdout.write(`${tarball}\n`);
}
