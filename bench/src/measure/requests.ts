import { CASES, type Case } from '../drive/visitors.ts';
import type { SideEntry } from '../side-list.ts';
import { statOf } from '../stats.ts';
import type { Spent } from '../worker/task.ts';
import type { Worker } from '../worker/worker.ts';
import { bareOf, bestOfRounds, median } from './interleave.ts';
import { maxRequestsOf, type Plan } from './plan.ts';
import type { ByCase, BySide, RequestCost } from './results.ts';

/** Starts a process for each side, does the work with them, and stops them. */
export type WithWorkers = (work: (workers: readonly Worker[]) => Promise<void>) => Promise<void>;

/** What one request took in each round, by side. */
type Runs = Map<string, Spent[]>;

/**
 * Measures each case so many at once, the sides one after the other in each round. All of it is done again in new processes: one that has compiled the code in a less fortunate
 * way stays slower for as long as it lives.
 */
export async function measureRequests(
  withWorkers: WithWorkers,
  plan: Plan,
  atOnce: readonly number[],
  tell: (what: string) => void,
): Promise<readonly BySide<ByCase<RequestCost>>[]> {
  const runs = atOnce.map(() => new Map<Case, Runs>());
  const entries = new Map<string, SideEntry>();
  for (let process = 1; process <= plan.processes; process += 1) {
    await withWorkers(async (workers) => {
      for (const { entry } of workers) entries.set(entry.id, entry);
      for (const [at, count] of atOnce.entries()) {
        for (const kind of CASES) {
          tell(`in process, ${count} at once: ${kind} (${process} of ${plan.processes})`);
          const measured = await runsOf(workers, kind, plan, count);
          runs[at]?.set(kind, joined(runs[at].get(kind), measured));
        }
      }
    });
  }
  return runs.map((byCase, at) => costsOf([...entries.values()], byCase, atOnce[at] === 1 ? 'wall' : 'cpu'));
}

function joined(before: Runs | undefined, after: Runs): Runs {
  return new Map([...after].map(([id, runs]) => [id, [...(before?.get(id) ?? []), ...runs]]));
}

/** One by one is told by the clock on the wall, for that is what one request takes; what it costs a busy server by CPU time, on other threads too. */
function costsOf(
  entries: readonly SideEntry[],
  byCase: ReadonlyMap<Case, Runs>,
  by: keyof Spent,
): BySide<ByCase<RequestCost>> {
  const costs: BySide<ByCase<RequestCost>> = {};
  for (const [kind, runs] of byCase) {
    for (const entry of entries) {
      const own = runs.get(entry.id) ?? [];
      const bare = runs.get(bareOf(entry).id) ?? [];
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
async function runsOf(workers: readonly Worker[], kind: Case, plan: Plan, atOnce: number): Promise<Runs> {
  const counts = new Map<string, number>();
  for (const worker of workers) counts.set(worker.entry.id, await requestsFor(worker, kind, plan, atOnce));
  const run = async (worker: Worker): Promise<Spent> => {
    const requests = counts.get(worker.entry.id) ?? 1;
    const { wall, cpu } = await worker.do('run', { kind, requests, atOnce });
    return { wall: wall / requests / 1000, cpu: cpu / requests / 1000 };
  };
  const rounds = { rounds: Math.ceil(plan.rounds / plan.processes), tries: plan.tries };
  const runs = await bestOfRounds(workers, rounds, run, (one, other) => ({
    wall: Math.min(one.wall, other.wall),
    cpu: Math.min(one.cpu, other.cpu),
  }));
  return new Map([...runs].map(([worker, own]) => [worker.entry.id, own]));
}

/** A run of warming up has at least so many requests; a dear one only as many as take so long, in milliseconds. */
const WARM_UP = { requests: 500, time: 300 };

/** Warms a side up and finds how many requests make a run. */
async function requestsFor(worker: Worker, kind: Case, plan: Plan, atOnce: number): Promise<number> {
  const least = Math.min(plan.warmUp, 10);
  const most = maxRequestsOf(kind);
  const times: number[] = [];
  let requests = Math.min(plan.warmUp, WARM_UP.requests);
  for (let time = 0; time < plan.warmUps; time += 1) {
    const { wall } = await worker.do('run', { kind, requests, atOnce });
    const each = wall / requests / 1_000_000;
    times.push(each);
    requests = Math.min(plan.warmUp, most, Math.max(WARM_UP.requests, Math.round(WARM_UP.time / each)));
  }
  return Math.min(Math.max(Math.round(plan.runTime / median(times)), least), most);
}
