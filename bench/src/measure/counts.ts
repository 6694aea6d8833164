import { RedisWatch } from '../drive/redis-watch.ts';
import { CASES } from '../drive/visitors.ts';
import { SIDES } from '../side-list.ts';
import { Worker } from '../worker/worker.ts';
import type { Plan } from './plan.ts';
import type { Results } from './results.ts';

const KINDS = [...CASES, 'signOut'] as const;

/** Counts the store calls and Redis commands of each request, and lets writes of one session start at once. */
export async function measureCounts(
  plan: Plan,
  tell: (what: string) => void,
): Promise<Required<Pick<Results, 'calls' | 'commands' | 'bursts'>>> {
  tell('store calls, Redis commands, writes at once');
  const counted: Required<Pick<Results, 'calls' | 'commands' | 'bursts'>> = {
    calls: {},
    commands: {},
    bursts: {},
  };
  const redis = await RedisWatch.start();
  try {
    for (const entry of SIDES.filter(({ store }) => store !== 'none')) {
      const worker = await Worker.start(entry, { isCounting: true, redisUrl: redis.url });
      try {
        await worker.do('settle', { sessions: 10 });
        // A first time, so that what is done once for a connection or a script is not counted.
        for (const kind of KINDS) await worker.do('count', await worker.do('prepare', { kind }));
        for (const kind of KINDS) {
          const prepared = await worker.do('prepare', { kind });
          const commands = await redis.during(async () => {
            const { calls } = await worker.do('count', prepared);
            counted.calls[entry.id] = { ...counted.calls[entry.id], [kind]: calls };
          });
          if (entry.store === 'Redis') {
            counted.commands[entry.id] = { ...counted.commands[entry.id], [kind]: commands };
          }
        }
        counted.bursts[entry.id] = await worker.do('burst', { writes: plan.burst });
      } finally {
        await worker.stop();
      }
    }
  } finally {
    await redis.stop();
  }
  return counted;
}
