// Adds the recipes of the documentation to each framework's starter, with the packages as npm would install them. The types must be right with --strict, the app must build, and
// its production server must keep a cart's promises. Needs the npm registry: node scripts/frameworks/main.mjs [framework ...]

import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { filesOf, findBlocks } from '../check-docs.blocks.mjs';
import { packAll, root } from '../e2e/pack.mjs';
import { check, report, run } from '../e2e/run.mjs';
import { checkCart } from './cart.mjs';
import { CONTRACT_SERVERS, runContract } from './contract.mjs';
import { STARTERS } from './starters.mjs';

const env = {
  ...process.env,
  ASTRO_TELEMETRY_DISABLED: '1',
  DO_NOT_TRACK: '1',
  NEXT_TELEMETRY_DISABLED: '1',
  NUXT_TELEMETRY_DISABLED: '1',
  CI: '1',
};

/** The packages that the recipes use. */
const USED = ['core', 'fetch', 'sqlite'].map((name) => `@coatcheck/${name}`);

/**
 * Makes the starter of a framework with its recipe, and returns its folder.
 *
 * @param {string} folder
 * @param {import('./starters.mjs').Starter} starter
 * @param {Readonly<Record<string, string>>} tarballs
 */
async function makeApp(
  folder,
  { create, files = {}, dependencies, page, isOurs, edit = (content) => content, drop = [] },
  tarballs,
) {
  const app = join(folder, 'app');
  await mkdir(folder, { recursive: true });
  if (create !== undefined) await run(create[0] ?? '', create.slice(1), { cwd: folder, env, seconds: 300 });
  /** @param {string} name @param {string} content */
  const write = async (name, content) => {
    await mkdir(dirname(join(app, name)), { recursive: true });
    await writeFile(join(app, name), content);
  };
  for (const [name, content] of Object.entries(files)) {
    await write(name, typeof content === 'string' ? content : JSON.stringify(content, null, 2));
  }
  const recipe = filesOf(findBlocks(await readFile(join(root, page), 'utf8'))).files;
  for (const [name, content] of recipe) if (isOurs(name)) await write(name, edit(`${content}\n`));
  const manifest = JSON.parse(await readFile(join(app, 'package.json'), 'utf8'));
  manifest.dependencies = { ...manifest.dependencies, ...dependencies, ...tarballs };
  for (const name of [...drop, ...Object.keys(manifest.dependencies)])
    delete manifest.devDependencies?.[name];
  await write('package.json', JSON.stringify(manifest, null, 2));
  await run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline'], {
    cwd: app,
    env,
    seconds: 600,
  });
  return app;
}

const names = process.argv.slice(2);
const folder = await mkdtemp(join(tmpdir(), 'frameworks-'));
const packed = await packAll(join(folder, 'tarballs'));
const tarballsOf = (/** @type {readonly string[]} */ used) =>
  Object.fromEntries(
    packed.filter(({ name }) => used.includes(name)).map(({ name, tarball }) => [name, `file:${tarball}`]),
  );
for (const [name, starter] of Object.entries(STARTERS)) {
  if (names.length > 0 && !names.includes(name)) continue;
  await check(`${name}: the starter takes the recipe`, async () => {
    const app = await makeApp(join(folder, name), starter, tarballsOf(USED));
    for (const [program = '', ...args] of starter.check)
      await run(program, args, { cwd: app, env, seconds: 300 });
    if (starter.serve !== undefined) await checkCart(app, starter.serve, env);
    const { version } = JSON.parse(
      await readFile(join(app, 'node_modules', starter.framework, 'package.json'), 'utf8'),
    );
    process.stdout.write(`      ${starter.framework} ${version}\n`);
  });
}
for (const [name, server] of Object.entries(CONTRACT_SERVERS)) {
  if (names.length > 0 && !names.includes(name)) continue;
  await check(`${name}: its production server passes the adapter contract`, async () => {
    const used = [...USED, '@coatcheck/adapter-contract'];
    const passed = await runContract(join(folder, `contract-${name}`), server, tarballsOf(used), env);
    if (passed === 0) throw new Error('No clause ran.');
    process.stdout.write(`      ${passed} clauses passed\n`);
  });
}
await rm(folder, { recursive: true, force: true });
report();
