import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { CASES, type Case } from './src/drive/visitors.ts';
import { bareOf, bestOfRounds } from './src/measure/interleave.ts';
import { SIDES, type SideEntry } from './src/side-list.ts';
import { statOf } from './src/stats.ts';
import { Worker } from './src/worker/worker.ts';

// Compares a side of the benchmark with the same side of another checkout and with another library, each in a process of its own and in turns:
// `pnpm --filter bench compare-sides <root of the other checkout> [--side express/coatcheck] [--peer express/express-session]`. Both checkouts must be built.
// Prints for each case what a request takes beyond the bare framework, in µs. Targets that two runs on different machines met or missed can be told apart by it.
const PLAN = { rounds: 9, tries: 5 };
const WARM_UPS = 4;
const SESSIONS = 1000;
const REQUESTS = 3000;
const SIGN_INS = 1000;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    side: { type: 'string', default: 'express/coatcheck' },
    peer: { type: 'string', default: 'express/express-session' },
  },
});
const [root] = positionals;
if (root === undefined)
  throw new Error('Pass the root of another checkout, in which the packages are built.');
const other: { readonly Worker: typeof Worker } = await import(
  new URL('bench/src/worker/worker.ts', pathToFileURL(`${root}/`)).href
);
const side = entryOf(values.side);
const workers = await Promise.all([
  Worker.start(bareOf(side)),
  Worker.start(side),
  other.Worker.start(bareOf(side)),
  other.Worker.start(side),
  Worker.start(entryOf(values.peer)),
]);
try {
  for (const worker of workers) await worker.do('settle', { sessions: SESSIONS });
  for (const kind of CASES) await compare(kind);
} finally {
  await Promise.all(workers.map((worker) => worker.stop()));
}

async function compare(kind: Case): Promise<void> {
  const requests = kind === 'signIn' ? SIGN_INS : REQUESTS;
  const run = async (worker: Pick<Worker, 'do'>): Promise<number> => {
    const { wall } = await worker.do('run', { kind, requests, atOnce: 1 });
    return wall / requests / 1000;
  };
  for (let time = 0; time < WARM_UPS; time += 1) for (const worker of workers) await run(worker);
  const times = await bestOfRounds(workers, PLAN, run, Math.min);
  const [bare = 0, own = 0, othersBare = 0, others = 0, peer = 0] = workers.map(
    (worker) => statOf(times.get(worker) ?? []).median,
  );
  const part = (time: number): string => `${time.toFixed(2)} (${(time / (peer - bare)).toFixed(3)})`;
  console.log(
    `${kind.padEnd(9)} this build ${part(own - bare)}, the other build ${part(others - othersBare)}, ${values.peer} ${(peer - bare).toFixed(2)}`,
  );
}

function entryOf(id: string): SideEntry {
  const entry = SIDES.find((each) => each.id === id);
  if (entry === undefined)
    throw new Error(`There is no side ${id}. Choose from ${SIDES.map((each) => each.id).join(', ')}`);
  return entry;
}
