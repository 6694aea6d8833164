import { TestServer } from '../packages/postgres/test/support/server.ts';
import { FULL, QUICK } from './src/measure/plan.ts';
import { measureRequests } from './src/measure/requests.ts';
import { SIDES } from './src/side-list.ts';
import { Worker } from './src/worker/worker.ts';

// Measures what sessions over PostgreSQL cost a request, beside connect-pg-simple, on a server that waits for the disk at each commit and on one that does not:
// `pnpm --filter bench postgres-overhead`; `--quick` runs it small, and its figures mean nothing.
const BARE = 'express';
const OURS = 'express/coatcheck-postgres';
const PEER = 'express/connect-pg-simple';
const plan = process.argv.includes('--quick') ? QUICK : FULL;

for (const fsync of ['on', 'off']) {
  const server = await TestServer.start({ fsync, synchronous_commit: fsync, shared_buffers: '256MB' });
  const setting = { redisUrl: '', postgresUrl: server.url };
  const entries = SIDES.filter(({ id }) => [BARE, OURS, PEER].includes(id));
  const workers = await Promise.all(entries.map((entry) => Worker.start(entry, setting)));
  for (const worker of workers) await worker.do('settle', { sessions: plan.sessions });
  const costs = await measureRequests(workers, plan, 1, () => {});
  for (const kind of ['read', 'write', 'signIn'] as const) {
    const [own = Number.NaN, peer = Number.NaN] = [OURS, PEER].map(
      (id) => costs[id]?.[kind]?.overhead.median,
    );
    console.log(
      `fsync ${fsync}, ${kind}: ${own.toFixed(0)} us, connect-pg-simple ${peer.toFixed(0)} us; ${(own / peer).toFixed(3)} of it`,
    );
  }
  await Promise.all(workers.map((worker) => worker.stop()));
  await server.stop();
}
