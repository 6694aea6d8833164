import { FetchCaller } from '../drive/fetch-caller.ts';
import { NodeCaller } from '../drive/node-caller.ts';
import { type Caller, cookieAfter, type ShopRequest } from '../drive/shop-request.ts';
import { AT_ONCE, type Case, inParallel, Visitors } from '../drive/visitors.ts';
import type { BuildSide, Side } from '../side.ts';
import { CallCounter } from './call-counter.ts';
import { Clock } from './clock.ts';
import { measureSweep } from './sweep.ts';
import type { Burst, Spent, TaskName, Tasks } from './task.ts';
import { weigh } from './weigh.ts';

/** Does each task with one side. */
export type Performers = {
  readonly [Name in TaskName]: (ask: Tasks[Name]['ask']) => Promise<Tasks[Name]['reply']>;
};

/** What a worker is started with. */
export interface WorkerSetting {
  readonly isCounting: boolean;
  readonly redisUrl: string;
  readonly postgresUrl: string;
  readonly directory: string;
}

/** Builds a side and gives what can be done with it. */
export async function openBench(build: BuildSide, setting: WorkerSetting): Promise<Performers> {
  const counter = new CallCounter(setting.isCounting);
  const clock = new Clock();
  const side = await build({
    count: (store, methods) => counter.watch(store, methods),
    now: () => clock.now(),
    redisUrl: setting.redisUrl,
    postgresUrl: setting.postgresUrl,
    directory: setting.directory,
  });
  const caller = callerOf(side);
  const visitors = new Visitors(caller);
  return {
    settle: async ({ sessions }) => {
      await visitors.settle(sessions);
      return null;
    },
    run: async ({ kind, requests, atOnce }) => spent(caller, await visitors.requests(kind, requests), atOnce),
    listen: async () => ({ port: await side.listen() }),
    requests: async ({ kind, count }) => ({ requests: await visitors.requests(kind, count) }),
    prepare: async ({ kind }) => ({ request: await requestOf(visitors, kind) }),
    count: async ({ request }) => {
      counter.reset();
      await visitors.checked(request);
      return { calls: counter.counts() };
    },
    burst: ({ writes }) => burst(visitors, counter, writes),
    weigh: async ({ sessions }) => ({
      bytes: await weigh(() => inParallel(sessions, AT_ONCE, () => caller.fire({ route: 'write' }))),
    }),
    sweep: ({ isWatched }) => measureSweep(side, clock, isWatched),
  };
}

async function requestOf(visitors: Visitors, kind: Case | 'signOut'): Promise<ShopRequest> {
  if (kind === 'signOut') return { route: 'signOut', cookie: (await visitors.arrive(1))[0] };
  const [request] = await visitors.requests(kind, 1);
  if (request === undefined) throw new Error('There is no request');
  return request;
}

function callerOf({ handler }: Side): Caller {
  return handler.kind === 'node' ? new NodeCaller(handler.handle) : new FetchCaller(handler.fetch);
}

async function spent(caller: Caller, requests: readonly ShopRequest[], atOnce: number): Promise<Spent> {
  const before = process.cpuUsage();
  const start = process.hrtime.bigint();
  await inParallel(requests.length, atOnce, async (at) => {
    const request = requests[at];
    if (request === undefined || (await caller.fire(request)) !== 200)
      throw new Error('A response of the shop was not 200');
  });
  const wall = Number(process.hrtime.bigint() - start);
  const { user, system } = process.cpuUsage(before);
  return { wall, cpu: (user + system) * 1000 };
}

async function burst(visitors: Visitors, counter: CallCounter, writes: number): Promise<Burst> {
  const [cookie] = await visitors.arrive(1);
  const before = Number((await visitors.checked({ route: 'read', cookie })).text);
  counter.reset();
  const start = performance.now();
  const results = await Promise.allSettled(
    Array.from({ length: writes }, () => visitors.checked({ route: 'slowWrite', cookie })),
  );
  const milliseconds = performance.now() - start;
  const calls = counter.counts();
  // Where the cookie holds the data, the browser keeps the one that came last.
  const last = results.findLast((each) => each.status === 'fulfilled')?.value;
  const after = Number(
    (await visitors.checked({ route: 'read', cookie: cookieAfter(cookie, last?.setCookies ?? []) })).text,
  );
  const failed = results.filter(({ status }) => status === 'rejected').length;
  return { kept: after - before, failed, calls, milliseconds };
}
