import { TestServer } from '../packages/postgres/test/support/server.ts';
import { withWorkers } from './src/measure/index.ts';
import { FULL, QUICK } from './src/measure/plan.ts';
import { measureRequests, type WithWorkers } from './src/measure/requests.ts';
import type { ByCase, BySide, RequestCost } from './src/measure/results.ts';
import { SIDES } from './src/side-list.ts';

// Measures what sessions over PostgreSQL cost a request, beside connect-pg-simple, on a server that waits for the disk at each commit and on one that does not:
// `pnpm --filter bench postgres-overhead`; `--quick` runs it small, and its figures mean nothing.
const BARE = 'express';
const OURS = 'express/coatcheck-postgres';
const PEER = 'express/connect-pg-simple';
const sides = SIDES.filter(({ id }) => [BARE, OURS, PEER].includes(id));
const plan = process.argv.includes('--quick') ? QUICK : FULL;

for (const fsync of ['on', 'off']) {
  const server = await TestServer.start({ fsync, synchronous_commit: fsync, shared_buffers: '256MB' });
  try {
    const withSides: WithWorkers = (work) => withWorkers(sides, { postgresUrl: server.url }, plan, work);
    const [costs = {}] = await measureRequests(withSides, plan, [1], () => {});
    tell(fsync, costs);
  } finally {
    await server.stop();
  }
}

function tell(fsync: string, costs: BySide<ByCase<RequestCost>>): void {
  for (const kind of ['read', 'write', 'signIn'] as const) {
    const [own = Number.NaN, peer = Number.NaN] = [OURS, PEER].map(
      (id) => costs[id]?.[kind]?.overhead.median,
    );
    console.log(
      `fsync ${fsync}, ${kind}: ${own.toFixed(0)} us, connect-pg-simple ${peer.toFixed(0)} us; ${(own / peer).toFixed(3)} of it`,
    );
  }
}
