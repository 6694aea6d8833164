import { throughput } from '../drive/load.ts';
import { CASES, type Case } from '../drive/visitors.ts';
import { statOf } from '../stats.ts';
import type { Worker } from '../worker/worker.ts';
import { bareAmong, bestOfRounds } from './interleave.ts';
import { maxRequestsOf, type Plan } from './plan.ts';
import type { ByCase, BySide, Throughput } from './results.ts';

/** Measures how many requests a second each side serves over HTTP, with the load coming from this process. */
export async function measureHttp(
  workers: readonly Worker[],
  plan: Plan,
  tell: (what: string) => void,
): Promise<BySide<ByCase<Throughput>>> {
  const ports = new Map<string, number>();
  for (const worker of workers) ports.set(worker.entry.id, (await worker.do('listen', {})).port);
  const results: BySide<ByCase<Throughput>> = {};
  for (const kind of CASES) {
    tell(`over HTTP: ${kind}`);
    const counts = new Map<string, number>();
    for (const worker of workers) {
      let warm = 0;
      for (let time = 0; time < plan.warmUps; time += 1) {
        warm = await load(worker, ports, kind, plan.warmUp / plan.warmUps);
      }
      const most = maxRequestsOf(kind);
      counts.set(worker.entry.id, Math.min(Math.max(Math.round((warm * plan.loadTime) / 1000), 20), most));
    }
    const run = (worker: Worker) => load(worker, ports, kind, counts.get(worker.entry.id) ?? 20);
    const rates = await bestOfRounds(workers, plan, run, Math.max);
    for (const worker of workers) {
      const { entry } = worker;
      const own = rates.get(worker) ?? [];
      const bare = rates.get(bareAmong(workers, entry)) ?? [];
      const ofBare = statOf(own.map((rate, round) => rate / (bare[round] ?? Number.NaN)));
      results[entry.id] = { ...results[entry.id], [kind]: { rate: statOf(own), ofBare } };
    }
  }
  return results;
}

async function load(
  worker: Worker,
  ports: ReadonlyMap<string, number>,
  kind: Case,
  count: number,
): Promise<number> {
  const { requests } = await worker.do('requests', { kind, count: Math.ceil(count) });
  return throughput(ports.get(worker.entry.id) ?? 0, requests);
}
