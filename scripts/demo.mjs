// Builds one of the shops and serves it: node scripts/demo.mjs [express]

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runChild } from './child.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const env = { ...process.env, TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' };

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

// Only what this shop needs: the other apps have frameworks of their own.
const shop = `@coatcheck/shop-${name}...`;
const installed = await runChild(
  'pnpm',
  ['install', '--frozen-lockfile', '--filter', '.', '--filter', shop],
  {
    cwd: root,
    env,
  },
);
if (installed.code !== 0 || installed.signal !== undefined) process.exit(installed.code || 1);

const turbo = join(root, 'node_modules/.bin/turbo');
const built = await runChild(turbo, ['run', 'build', `--filter=${shop}`, '--output-logs=errors-only'], {
  cwd: root,
  env,
});
if (built.code !== 0 || built.signal !== undefined) process.exit(built.code || 1);

const served = await runChild(process.execPath, [mainOf(name), ...rest], { cwd: root });
process.exit(served.code);
