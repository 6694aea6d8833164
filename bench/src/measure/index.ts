import { TestServer } from '../../../packages/postgres/test/support/server.ts';
import { RedisWatch } from '../drive/redis-watch.ts';
import { AT_ONCE } from '../drive/visitors.ts';
import { SIDES, type SideEntry } from '../side-list.ts';
import { Worker } from '../worker/worker.ts';
import { measureBundles } from './bundles.ts';
import { measureCounts } from './counts.ts';
import { measureDraws } from './draws.ts';
import { measureHttp } from './http.ts';
import { measureImports } from './imports.ts';
import { measuredNow } from './measured.ts';
import { measureSweeps, measureWeights } from './memory.ts';
import type { Plan } from './plan.ts';
import { measureRequests, type WithWorkers } from './requests.ts';
import type { Results } from './results.ts';

/** What can be measured by itself. */
export const SECTIONS = ['bundles', 'draws', 'counts', 'requests', 'http', 'memory', 'sweep'] as const;
export type Section = (typeof SECTIONS)[number];

/** Measures the given sections, and tells as it goes on what it is at. */
export async function measure(
  plan: Plan,
  sections: readonly Section[],
  tell: (what: string) => void,
): Promise<Results> {
  const has = (section: Section): boolean => sections.includes(section);
  const redis = await RedisWatch.server();
  const postgres = await TestServer.start({ fsync: 'on', shared_buffers: '256MB' });
  try {
    const version = await redis.info('server', 'redis_version');
    const results: Results = { measured: measuredNow(plan, version) };
    if (has('bundles')) {
      results.bundles = await measureBundles();
      results.imports = await measureImports(plan);
    }
    if (has('draws')) results.draws = await measureDraws(plan);
    if (has('counts')) Object.assign(results, await measureCounts(plan, tell));
    const servers = { redisUrl: redis.url, postgresUrl: postgres.url };
    const withSides: WithWorkers = (work) => withWorkers(SIDES, servers, plan, work);
    if (has('requests')) {
      const [one, many] = await measureRequests(withSides, plan, [1, AT_ONCE], tell);
      Object.assign(results, { requests: one, requestsAtOnce: many });
    }
    if (has('http')) {
      await withSides(async (workers) => {
        results.http = await measureHttp(workers, plan, tell);
      });
    }
    if (has('memory')) results.weights = await measureWeights(plan, tell);
    if (has('sweep')) results.sweeps = await measureSweeps(plan, tell);
    return results;
  } finally {
    await Promise.all([redis.stop(), postgres.stop()]);
  }
}

/** Starts a worker for each side, settles its visitors, and stops all of them after the work. */
export async function withWorkers(
  sides: readonly SideEntry[],
  servers: { readonly redisUrl?: string; readonly postgresUrl?: string },
  plan: Plan,
  work: (workers: readonly Worker[]) => Promise<void>,
): Promise<void> {
  const workers: Worker[] = [];
  try {
    await Promise.all(
      sides.map(async (entry, at) => {
        const worker = await Worker.start(entry, servers);
        workers[at] = worker;
        await worker.do('settle', { sessions: plan.sessions });
      }),
    );
    await work(workers);
  } finally {
    await Promise.all(workers.map((worker) => worker.stop()));
  }
}
