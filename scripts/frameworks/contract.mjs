import { cp, mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { root } from '../e2e/pack.mjs';
import { run } from '../e2e/run.mjs';

/**
 * A framework whose production server runs the adapter contract.
 *
 * @typedef {object} ContractServer
 * @property {string} tests The folder of the contract's app, and of the program that serves it.
 * @property {Readonly<Record<string, string>>} dependencies What it needs beside the packed packages.
 * @property {readonly string[]} build
 */

/** @type {Readonly<Record<string, ContractServer>>} */
export const CONTRACT_SERVERS = {
  next: {
    tests: 'apps/example-next/test',
    dependencies: {
      '@types/node': '24.19.2',
      '@types/react': '19.3.3',
      next: '16.4.6',
      react: '19.3.1',
      'react-dom': '19.3.1',
      typescript: '6.0.3',
    },
    build: ['npx', 'next', 'build'],
  },
  sveltekit: {
    tests: 'apps/example-sveltekit/test',
    dependencies: {
      '@sveltejs/adapter-node': '6.0.1',
      '@sveltejs/kit': '3.2.0',
      '@sveltejs/vite-plugin-svelte': '7.3.1',
      svelte: '5.57.3',
      vite: '8.3.8',
    },
    build: ['npx', 'vite', 'build'],
  },
};

const RUN = `import { after, describe, it } from 'node:test';
import { testAdapterContract } from '@coatcheck/adapter-contract';
import { ChildRuntime } from '@coatcheck/runtimes/child-runtime';

const runtime = await new ChildRuntime(process.execPath, ['serve-contract.ts']).ready();
testAdapterContract({ describe, it }, { serve: (app) => runtime.serve(app) });
after(() => runtime.stop());
`;

const HELPERS = ['child-runtime', 'contract-routes', 'serve-orders'];

/**
 * Installs the packed packages with npm, builds the contract's app with them, and runs the contract on its production server. Resolves to how many clauses passed.
 *
 * @param {string} folder
 * @param {ContractServer} server
 * @param {Readonly<Record<string, string>>} tarballs
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<number>}
 */
export async function runContract(folder, { tests, dependencies, build }, tarballs, env) {
  const helpers = join(folder, 'runtimes');
  await mkdir(helpers, { recursive: true });
  const exports = Object.fromEntries(HELPERS.map((name) => [`./${name}`, `./${name}.ts`]));
  await writeFile(
    join(helpers, 'package.json'),
    JSON.stringify({ name: '@coatcheck/runtimes', type: 'module', exports }),
  );
  for (const name of HELPERS)
    await cp(join(root, `apps/runtimes/src/${name}.ts`), join(helpers, `${name}.ts`));
  const isSource = (/** @type {string} */ path) =>
    !['dist', '.svelte-kit', 'node_modules', 'next-env.d.ts'].includes(basename(path));
  await cp(join(root, tests, 'contract'), join(folder, 'contract'), { recursive: true, filter: isSource });
  await cp(join(root, tests, 'serve-contract.ts'), join(folder, 'serve-contract.ts'));
  await writeFile(join(folder, 'contract.test.mjs'), RUN);
  const manifest = {
    private: true,
    type: 'module',
    dependencies: { ...dependencies, ...tarballs, '@coatcheck/runtimes': 'file:./runtimes' },
  };
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest, null, 2));
  await run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline'], {
    cwd: folder,
    env,
    seconds: 600,
  });
  const [program = '', ...args] = build;
  const production = { ...env, NODE_ENV: 'production' };
  await run(program, args, { cwd: join(folder, 'contract'), env: production, seconds: 300 });
  const output = await run(process.execPath, ['--test', 'contract.test.mjs'], {
    cwd: folder,
    env: production,
    seconds: 300,
  });
  return Number(/^. pass (\d+)$/m.exec(output)?.[1] ?? 0);
}
