import { CASES, type Case } from '../drive/visitors.ts';
import { statOf } from '../stats.ts';
import type { Spent } from '../worker/task.ts';
import type { Worker } from '../worker/worker.ts';
import { bareAmong, bestOfRounds, median } from './interleave.ts';
import { maxRequestsOf, type Plan } from './plan.ts';
import type { ByCase, BySide, RequestCost } from './results.ts';

/** Measures each case in the process of each side, the sides one after the other in each round. */
export async function measureRequests(
  workers: readonly Worker[],
  plan: Plan,
  atOnce: number,
  tell: (what: string) => void,
): Promise<BySide<ByCase<RequestCost>>> {
  const costs: BySide<ByCase<RequestCost>> = {};
  for (const kind of CASES) {
    tell(`in process, ${atOnce} at once: ${kind}`);
    const runs = await runsOf(workers, kind, plan, atOnce);
    for (const worker of workers) {
      const { entry } = worker;
      const own = runs.get(worker) ?? [];
      const bare = runs.get(bareAmong(workers, entry)) ?? [];
      // One by one is told by the clock on the wall, for that is what one request takes; what it costs a busy server by CPU time, on other threads too.
      const by = atOnce === 1 ? 'wall' : 'cpu';
      costs[entry.id] = {
        ...costs[entry.id],
        [kind]: {
          whole: statOf(own.map((each) => each[by])),
          overhead: statOf(own.map((each, round) => each[by] - (bare[round]?.[by] ?? 0))),
        },
      };
    }
  }
  return costs;
}

/** Gives for each side what one request took in each round, in microseconds. */
async function runsOf(
  workers: readonly Worker[],
  kind: Case,
  plan: Plan,
  atOnce: number,
): Promise<Map<Worker, Spent[]>> {
  const counts = new Map<string, number>();
  for (const worker of workers) counts.set(worker.entry.id, await requestsFor(worker, kind, plan, atOnce));
  const run = async (worker: Worker): Promise<Spent> => {
    const requests = counts.get(worker.entry.id) ?? 1;
    const { wall, cpu } = await worker.do('run', { kind, requests, atOnce });
    return { wall: wall / requests / 1000, cpu: cpu / requests / 1000 };
  };
  return bestOfRounds(workers, plan, run, (one, other) => ({
    wall: Math.min(one.wall, other.wall),
    cpu: Math.min(one.cpu, other.cpu),
  }));
}

/** Warms a side up and finds how many requests make a run. */
async function requestsFor(worker: Worker, kind: Case, plan: Plan, atOnce: number): Promise<number> {
  const least = Math.min(plan.warmUp, 10);
  const most = maxRequestsOf(kind);
  const warm = Math.min(plan.warmUp, most);
  const times: number[] = [];
  for (let time = 0; time < plan.warmUps; time += 1) {
    const { wall } = await worker.do('run', { kind, requests: warm, atOnce });
    times.push(wall / warm / 1_000_000);
  }
  return Math.min(Math.max(Math.round(plan.runTime / median(times)), least), most);
}
