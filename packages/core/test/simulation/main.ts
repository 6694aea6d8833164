// A longer simulation than the tests make: pnpm --filter @coatcheck/core search:lossy [first seed] [worlds of each kind] [story | thieves | all] [first]
// With `first` it ends at the first fault and tells how many requests it took.
import { LOSSES, STORY_NAMES, type Story, simulateAll } from './simulate.ts';
import { hunt, THIEF_LOOKS } from './thieves-at-large.ts';

const MAX_TRACES = 3;

const first = Number(process.argv[2] ?? Date.now() % 2 ** 31);
const worlds = Number(process.argv[3] ?? 1000);
const wanted = process.argv[4] ?? 'all';
const endsAtFirst = process.argv[5] === 'first';
const seeds = Array.from({ length: worlds }, (_, i) => first + i);

let faulty = 0;
for (const story of STORY_NAMES) {
  if (wanted !== 'all' && wanted !== story) continue;
  // Of the two oldest stories there are so many worlds for each loss, of the others for all losses together.
  const isOld = story === 'renewals' || story === 'sign-ins';
  for (const loss of isOld ? LOSSES : [undefined]) await tell(story, loss);
}
if (wanted === 'all' || wanted === 'thieves') await catchThieves();
process.stdout.write(`${worlds} worlds of each kind from seed ${first}: ${faulty} with faults\n`);
process.exitCode = faulty === 0 ? 0 : 1;

async function tell(story: Story, loss: number | undefined): Promise<void> {
  let traces = 0;
  const name = loss === undefined ? story : `${story}, ${loss * 100} % of responses lost`;
  const tally = await simulateAll(story, seeds, loss, (text) => {
    traces += 1;
    if (traces <= MAX_TRACES) process.stdout.write(`In ${name}, ${text}\n`);
    if (endsAtFirst) process.exit(1);
  });
  faulty += tally.faulty;
  const { requests, kills, wentBack, signedOut, endedByReuse, events, failures } = tally;
  const counts = {
    requests,
    signIns: events.get('signed-in') ?? 0,
    ...(kills > 0 && { kills, wentBack }),
    recovered: events.get('recovered') ?? 0,
    signedOut,
    endedByReuse,
    faulty: tally.faulty,
  };
  process.stdout.write(`${name}: ${listed(counts)}\n`);
  for (const [limit, count] of failures) process.stdout.write(`  ${count} times: ${limit}\n`);
}

async function catchThieves(): Promise<void> {
  for (const look of THIEF_LOOKS) {
    const sums = { copied: 0, served: 0, servedLate: 0, minutes: 0, caught: 0 };
    for (const seed of seeds) {
      const haul = await hunt(seed, look, LOSSES[seed % LOSSES.length] ?? 0);
      for (const key of ['copied', 'served', 'servedLate', 'minutes', 'caught'] as const)
        sums[key] += haul[key];
    }
    process.stdout.write(`thieves who look ${look}: ${listed(sums)}\n`);
  }
}

function listed(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([what, count]) => `${what} ${count}`)
    .join(', ');
}
