import { NEWEST_DATE, OLDEST_DATE, startWorker } from '@coatcheck/runtimes/worker-runtime';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Kind, MarksClient, type Plan, type Sent } from './support/marks-client.ts';
import type { CallFate } from './support/store-calls.ts';

const FILE = new URL('./support/marks-worker.ts', import.meta.url);
const WAYS = ['memory', 'd1', 'durable-object'].flatMap((store) =>
  ['module', 'request'].map((level) => `${store}/${level}`),
);
/** For so long the store must have had no call at the end: longer than a request waits before it goes on in another one's place. In milliseconds. */
const QUIET = 1_200;
/** How many requests run at once, and how many there are in all. */
const CLIENTS = 16;
const COUNT = 80;
/** What the requests do with their marks, again and again. */
const KINDS: readonly Kind[] = [
  ...(['keeps', 'refuses', 'keeps', 5, 'keeps', 'refuses', 'throws', 45, 'keeps'] as const),
  ...(['refuses', 'leaves', 25, 'keeps', 'refuses', 90] as const),
];
const WORKS: Plan = { writes: [], reads: [] };
const FAILS: Plan = {
  // Three in a row are more than a write is tried.
  writes: ['after', 'well', 'before', 'before', 'before', 'late', 'well', 'before', 'well', 'after', 'late'],
  // The first requests load the session. A write beside one that is refused begins with a read.
  reads: [...repeat(CLIENTS, ['well']), ...repeat(40, ['before', 'well', 'well', 'before', 'well'])],
};

describe.each([OLDEST_DATE, NEWEST_DATE])('in workerd of %s, while requests are dropped', (date) => {
  let worker: Awaited<ReturnType<typeof startWorker>>;
  let origin = '';

  beforeAll(async () => {
    worker = await startWorker(FILE, date, {
      d1Databases: { DB: 'marks' },
      durableObjects: { SESSIONS: { className: 'SessionObject', useSQLite: true } },
    });
    ({ origin } = await worker.ready);
  }, 120_000);
  afterAll(() => worker.dispose());

  it.concurrent.each(WAYS)(
    'over %s, applies a write that gets 200 once, and none that gets an error, unless this says that it is unknown',
    async (way) => {
      const client = await MarksClient.begin(origin, `${way}/works`);
      const sent = await sendAll(client, 'early');
      const failed = sent.filter((each) => each.reply?.status === 500 && each.kind !== 'refuses');
      expect(failed).toEqual([]);
      await expectFates(client, sent);
    },
    60_000,
  );

  it.concurrent.each(WAYS)(
    'over %s that fails and stalls in between, applies a write that gets 200 once, and none that gets an error, unless this says that it is unknown',
    async (way) => {
      const client = await MarksClient.begin(origin, `${way}/fails`);
      await client.plan(FAILS);
      const duringFailures = await sendAll(client, 'early');
      await client.plan(WORKS);
      const sent = [...duringFailures, ...(await sendAll(client, 'late'))];
      expect(new Set(sent.map(fateOf))).toEqual(new Set(['once', 'absent', 'unknown']));
      await expectFates(client, sent);
    },
    60_000,
  );
});

function repeat(times: number, fates: readonly CallFate[]): readonly CallFate[] {
  return Array.from({ length: times }, () => fates).flat();
}

/** Sends all requests: each of the concurrent ones is followed by another one when it has its response. */
async function sendAll(client: MarksClient, name: string): Promise<readonly Sent[]> {
  const clients = Array.from({ length: CLIENTS }, async (_, first) => {
    const sent: Sent[] = [];
    for (let i = first; i < COUNT; i += CLIENTS) {
      sent.push(await client.send(KINDS[i % KINDS.length] ?? 'keeps', `${name}-${i}`));
    }
    return sent;
  });
  return (await Promise.all(clients)).flat();
}

/** Expects each mark as often as its response says: at once, and once nothing is going on any more. */
async function expectFates(client: MarksClient, sent: readonly Sent[]): Promise<void> {
  expect(faultsOf(sent, await client.marks())).toEqual([]);
  expect((await client.send('keeps', 'further')).reply).toEqual({ status: 200, body: '' });
  await vi.waitFor(async () => expect(await client.quietFor()).toBeGreaterThan(QUIET), { timeout: 15_000 });
  expect(faultsOf(sent, await client.marks())).toEqual([]);
}

/** Says how often the mark of a request may be in the session. */
function fateOf({ reply }: Sent): 'once' | 'absent' | 'unknown' {
  // 202 and 504: the request ended before its update.
  if (reply === undefined || reply.status === 202 || reply.status === 504) return 'unknown';
  if (reply.status === 200) return 'once';
  return reply.body.includes('unknown whether') ? 'unknown' : 'absent';
}

/** Describes each request whose mark is in the session more or less often than its response says. */
function faultsOf(sent: readonly Sent[], marks: readonly string[]): string[] {
  return sent.flatMap((each) => {
    const { item, kind, reply } = each;
    const fate = fateOf(each);
    const found = marks.filter((mark) => mark === item).length;
    const isRight = fate === 'unknown' ? found <= 1 : found === (fate === 'once' ? 1 : 0);
    return isRight ? [] : [`${item} (${kind}), ${reply?.status} ${reply?.body}: ${found} times`];
  });
}
