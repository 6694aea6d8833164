import { TestServer } from '../../../packages/postgres/test/support/server.ts';
import { RedisWatch } from '../drive/redis-watch.ts';
import { CASES, inParallel } from '../drive/visitors.ts';
import { SIDES, type SideEntry } from '../side-list.ts';
import { Worker } from '../worker/worker.ts';
import type { Plan } from './plan.ts';
import type { Results } from './results.ts';

type Counted = Required<Pick<Results, 'calls' | 'commands' | 'bursts'>>;

const KINDS = [...CASES, 'signOut'] as const;

/** Counts the store calls and Redis commands of each request, and lets writes of one session start at once. */
export async function measureCounts(plan: Plan, tell: (what: string) => void): Promise<Counted> {
  tell('store calls, Redis commands, writes at once');
  const counted: Counted = { calls: {}, commands: {}, bursts: {} };
  const redis = await RedisWatch.start();
  const postgres = await TestServer.start();
  try {
    const entries = SIDES.filter(({ store }) => store !== 'none' && store !== 'least');
    const others = entries.filter(({ store }) => store !== 'Redis');
    await inParallel(others.length, 2, async (at) => {
      const entry = others[at];
      if (entry !== undefined) await countSide(entry, redis, postgres.url, plan, counted);
    });
    // One after the other, so that it is plain whose commands they are.
    for (const entry of entries) {
      if (entry.store === 'Redis') await countSide(entry, redis, postgres.url, plan, counted);
    }
  } finally {
    await Promise.all([redis.stop(), postgres.stop()]);
  }
  return counted;
}

async function countSide(
  entry: SideEntry,
  redis: RedisWatch,
  postgresUrl: string,
  plan: Plan,
  counted: Counted,
): Promise<void> {
  const { id, store } = entry;
  const worker = await Worker.start(entry, { isCounting: true, redisUrl: redis.url, postgresUrl });
  try {
    await worker.do('settle', { sessions: 10 });
    // A first time, so that what is done once for a connection or a script is not counted.
    for (const kind of KINDS) await worker.do('count', await worker.do('prepare', { kind }));
    for (const kind of KINDS) {
      const prepared = await worker.do('prepare', { kind });
      const count = async (): Promise<void> => {
        const { calls } = await worker.do('count', prepared);
        counted.calls[id] = { ...counted.calls[id], [kind]: calls };
      };
      if (store !== 'Redis') await count();
      else counted.commands[id] = { ...counted.commands[id], [kind]: await redis.during(count) };
    }
    counted.bursts[id] = await worker.do('burst', { writes: plan.burst });
  } finally {
    await worker.stop();
  }
}
