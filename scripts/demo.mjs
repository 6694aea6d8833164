// Installs what one of the shops needs, and serves it: node scripts/demo.mjs [express]

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runChild } from './child.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

/** @param {string} name */
const mainOf = (name) => `apps/shop-${name}/src/main.ts`;

const [name = 'express', ...rest] = process.argv.slice(2);
if (!/^[a-z]+$/.test(name) || !existsSync(join(root, mainOf(name)))) {
  const names = readdirSync(join(root, 'apps'))
    .map((directory) => directory.replace(/^shop-/, ''))
    .filter((one) => existsSync(join(root, mainOf(one))));
  process.stderr.write(`demo: there is no shop "${name}". Name one of: ${names.join(', ')}\n`);
  process.exit(1);
}

/** Tells whether the repository has been installed for its developers: then nothing of that may be removed. */
function isInstalled() {
  try {
    return /"?devDependencies"?: true/.test(readFileSync(join(root, 'node_modules/.modules.yaml'), 'utf8'));
  } catch {
    return false;
  }
}

// Only what this shop runs with. It runs from the sources of the packages, so it needs no tools to build them.
const shop = `@coatcheck/shop-${name}...`;
const kind = isInstalled() ? [] : ['--prod'];
// The lockfile has the hash of each package. To check the age of all 1,500 again would download the history of each.
const options = ['--frozen-lockfile', '--config.minimum-release-age=0', '--filter-prod', shop];
const installed = await runChild('pnpm', ['install', ...kind, ...options], { cwd: root });
if (installed.code !== 0 || installed.signal !== undefined) process.exit(installed.code || 1);

const served = await runChild(process.execPath, ['--conditions=@coatcheck/source', mainOf(name), ...rest], {
  cwd: root,
});
process.exit(served.code);
