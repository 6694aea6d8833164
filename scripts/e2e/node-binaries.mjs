import { join } from 'node:path';
import { NpmProject } from './npm-project.mjs';

/**
 * One version of Node.js: its program, and the directory with its headers in `include`.
 *
 * @typedef {{ readonly version: string, readonly program: string, readonly directory: string }} NodeBinary
 */

/**
 * Brings versions of Node.js for this platform, from npm.
 *
 * @param {string} directory
 * @param {readonly string[]} versions
 * @returns {Promise<readonly NodeBinary[]>}
 */
export async function bringNodes(directory, versions) {
  const project = new NpmProject(directory);
  const platform = `node-${process.platform}-${process.arch}`;
  const alias = (/** @type {string} */ version) => `node-${version}`;
  await project.install(
    Object.fromEntries(versions.map((version) => [alias(version), `npm:${platform}@${version}`])),
  );
  return Promise.all(
    versions.map(async (version) => {
      const home = join(directory, 'node_modules', alias(version));
      const program = join(home, 'bin/node');
      const given = (await project.run(program, '--version')).trim();
      if (given !== `v${version}`) throw new Error(`${program} is Node.js ${given}, not ${version}`);
      return { version, program, directory: home };
    }),
  );
}
