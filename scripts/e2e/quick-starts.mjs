// The quick starts of the documentation, as files in a project of npm.

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { filesOf, findBlocks } from '../check-docs.blocks.mjs';
import { root } from './pack.mjs';
import { run } from './run.mjs';

const pages = ['docs/quick-start.md', 'docs/quick-start-databases.md'];

/** What the files of both pages import, besides the packages, and the types of these. */
export const quickStartDependencies = {
  ...{ typescript: '6.0.3', '@types/node': '24.19.2' },
  ...{
    express: '5',
    '@types/express': '5',
    koa: '3',
    '@types/koa': '3',
    fastify: '5',
    '@fastify/formbody': '9',
  },
  ...{ hono: '4', '@hono/node-server': '2', redis: '6', pg: '8', '@types/pg': '8' },
  ...{ '@libsql/client': '0.18', '@upstash/redis': '1' },
};

/**
 * Writes the files of both pages into a folder, and the configuration of each worker. A file of JavaScript that the page has in no other form
 * is TypeScript too, as the page says.
 *
 * @param {string} directory
 * @returns {Promise<readonly string[]>} The names of the files of TypeScript.
 */
async function writeFiles(directory) {
  /** @type {Map<string, string>} */
  const all = new Map();
  for (const page of pages) {
    const blocks = findBlocks(await readFile(join(root, page), 'utf8'));
    for (const [name, source] of filesOf(blocks).files) {
      if (all.has(name)) throw new Error(`${name} is on two pages.`);
      all.set(name, source);
    }
    for (const { lines } of blocks.filter(({ language }) => language === 'json')) {
      const text = lines.join('\n');
      all.set(`wrangler.${JSON.parse(text).main}.json`, text);
    }
  }
  for (const [name, source] of all) {
    const typed = name.replace(/\.mjs$/, '.mts');
    if (!all.has(typed)) all.set(typed, source);
  }
  for (const [name, source] of all) await writeFile(join(directory, name), source);
  return [...all.keys()].filter((name) => /\.(?:mts|d\.ts)$/.test(name));
}

/**
 * Type-checks the quick starts with the packages that are installed in a folder, runs each file, and visits it. Returns the names of the files.
 *
 * @param {string} directory
 * @param {import('./npm-project.mjs').NpmProject} project
 * @returns {Promise<readonly string[]>}
 */
export async function tryQuickStarts(directory, project) {
  const files = await writeFiles(directory);
  await project.writeJson('tsconfig.json', {
    compilerOptions: {
      ...{ module: 'nodenext', target: 'es2023', strict: true, skipLibCheck: true, noEmit: true },
      types: ['node'],
    },
    files,
  });
  await project.run(process.execPath, 'node_modules/typescript/bin/tsc', '-p', 'tsconfig.json');
  const program = join(root, 'apps/quick-starts/src/main.ts');
  const output = await run(process.execPath, [program, directory], { cwd: root, seconds: 240 });
  return output.trim().split('\n');
}
