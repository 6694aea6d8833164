// Serves the Express shop from the sources, and restarts it on every change: pnpm dev

import { fileURLToPath } from 'node:url';
import { runChild } from './child.mjs';
import { whatIsNeeded } from './toolchain.mjs';

const needed = whatIsNeeded('pnpm dev', process.version);
if (needed !== undefined) {
  process.stderr.write(`dev: ${needed}\n`);
  process.exit(1);
}
const shop = ['--watch', '--conditions=@coatcheck/source', 'apps/shop-express/src/main.ts'];
const { code } = await runChild(process.execPath, shop, {
  cwd: fileURLToPath(new URL('..', import.meta.url)),
});
process.exit(code);
