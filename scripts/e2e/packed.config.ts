// Runs tests of the repository on packed packages that are installed in the folder COATCHECK_PACKED, as scripts/e2e/e2e.mjs does.

import { dirname, join } from 'node:path';
import { defineConfig, type Plugin } from 'vitest/config';
import { PACKED, packedImport } from '../../apps/runtimes/src/packed.ts';

if (PACKED === undefined)
  throw new Error('COATCHECK_PACKED must name the folder with the installed packages.');
const importer = join(PACKED, 'index.js');

const packed: Plugin = {
  name: 'packed',
  enforce: 'pre',
  resolveId(source, from) {
    const name = from === undefined ? undefined : packedImport(source, dirname(from));
    return name === undefined ? undefined : this.resolve(name, importer, { skipSelf: true });
  },
};

export default defineConfig({
  root: join(import.meta.dirname, '../..'),
  plugins: [packed],
  test: {
    // Most of the time the tests wait for other processes.
    maxWorkers: 3,
    include: [
      'packages/{hono,fetch,fastify}/src/contract.test.ts',
      'packages/{hono,fetch}/src/runtimes/runtimes.test.ts',
      'packages/hono/src/runtimes/concurrent-requests.test.ts',
      'apps/example-node-http/src/session.test.ts',
      'packages/cloudflare/test/{concurrent,dropped}-requests.test.ts',
      'apps/{workers,bun,deno}/src/{main,worker}.test.ts',
    ],
    // The other sets use the packages on these versions of Node.js. "binding" is "module" with a second map.
    testNamePattern: /^(?!on Node\.js )(?!.* over (?:d1|durable-object)\/binding )/,
  },
});
