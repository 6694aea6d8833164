// Runs each file of the quick starts and visits it: node apps/quick-starts/src/main.ts <folder>
// scripts/e2e/quick-starts.mjs writes the folder: the files of the pages, and the packages as npm installs them.

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { TOKEN } from '@coatcheck/runtimes/faulty-server';
import { TestServer as PostgresServer } from '../../../packages/postgres/test/support/server.ts';
import { RestProxy } from '../../../packages/redis/test/support/rest-proxy.ts';
import { TestServer as RedisServer } from '../../../packages/redis/test/support/server.ts';
import { NodeFile } from './node-file.ts';
import { visit } from './visit.ts';
import { serveWorker, workersIn } from './workers.ts';

const [, , folder = ''] = process.argv;
const [redis, postgres] = await Promise.all([RedisServer.start(), PostgresServer.start()]);
const rest = await RestProxy.start(redis);
const env = {
  REDIS_URL: redis.url,
  DATABASE_URL: postgres.url,
  UPSTASH_REDIS_REST_URL: rest.url,
  UPSTASH_REDIS_REST_TOKEN: TOKEN,
};
try {
  const workers = workersIn(folder);
  for (const name of readdirSync(folder).filter((each) => /\.m[jt]s$/.test(each))) {
    await tryFile(name, workers.get(name.replace(/\.mts$/, '.mjs')));
    process.stdout.write(`${name}\n`);
  }
} finally {
  await rest.stop();
  await Promise.all([redis.stop(), postgres.stop()]);
}

async function tryFile(name: string, worker: ReturnType<ReturnType<typeof workersIn>['get']>): Promise<void> {
  const file = join(folder, name);
  if (worker === undefined) {
    const server = await NodeFile.start(file, env);
    await visit(server.origin)
      .catch((cause) => {
        throw new Error(`${name} does not do what its page says.`, { cause });
      })
      .finally(() => server.stop());
  } else {
    const server = await serveWorker(file, worker);
    await visit((await server.ready).origin).finally(() => server.dispose());
  }
}
