import { SIDES } from '../side-list.ts';
import { type Stat, statOf } from '../stats.ts';
import type { Sweep } from '../worker/task.ts';
import { Worker } from '../worker/worker.ts';
import type { Plan } from './plan.ts';
import type { BySide, SweepCost } from './results.ts';

const WEIGHED = [
  'express/coatcheck',
  'express/express-session',
  'koa/koa-session',
  'hono/hono-sessions',
  'fastify/session',
];
const SWEPT = ['express/coatcheck', 'express/express-session'];

/** Weighs the sessions of each memory store, in a new process each time: bytes for each session, outside the heap too. */
export async function measureWeights(plan: Plan, tell: (what: string) => void): Promise<BySide<Stat>> {
  const weights = new Map<string, number[]>(WEIGHED.map((id) => [id, []]));
  for (let time = 1; time <= plan.weighings; time += 1) {
    tell(`memory of ${plan.weighedSessions} sessions: ${time} of ${plan.weighings}`);
    for (const [id, own] of weights) {
      await inWorker(id, async (worker) => {
        // What grows once, such as code and caches, is not the sessions'.
        await worker.do('settle', { sessions: plan.sessions });
        const { bytes } = await worker.do('weigh', { sessions: plan.weighedSessions });
        own.push(bytes / plan.weighedSessions);
      });
    }
  }
  return Object.fromEntries(Array.from(weights, ([id, own]) => [id, statOf(own)]));
}

/** Lets as many sessions expire as the plan says, and sweeps them. */
export async function measureSweeps(plan: Plan, tell: (what: string) => void): Promise<BySide<SweepCost>> {
  const sweeps = new Map<string, Sweep[]>(SWEPT.map((id) => [id, []]));
  for (let round = 1; round <= plan.rounds; round += 1) {
    tell(`sweeping ${plan.sweptSessions} sessions: ${round} of ${plan.rounds}`);
    for (const [id, own] of sweeps) {
      await inWorker(id, async (worker) => {
        await worker.do('weigh', { sessions: plan.sweptSessions });
        const { swept, busy } = await worker.do('sweep', { isWatched: false });
        await worker.do('weigh', { sessions: plan.sweptSessions });
        const { longest, idleLongest } = await worker.do('sweep', { isWatched: true });
        own.push({ swept, busy, longest, idleLongest });
      });
    }
  }
  return Object.fromEntries(
    Array.from(sweeps, ([id, own]) => [
      id,
      {
        swept: Math.min(...own.map(({ swept }) => swept)),
        busyMilliseconds: statOf(own.map(({ busy }) => busy)),
        longestMilliseconds: statOf(own.map(({ longest }) => longest)),
        idleLongestMilliseconds: statOf(own.map(({ idleLongest }) => idleLongest)),
      },
    ]),
  );
}

async function inWorker(id: string, work: (worker: Worker) => Promise<void>): Promise<void> {
  const entry = SIDES.find((each) => each.id === id);
  if (entry === undefined) throw new Error(`There is no side ${id}`);
  const worker = await Worker.start(entry);
  try {
    await work(worker);
  } finally {
    await worker.stop();
  }
}
