// A longer simulation than the tests make: pnpm --filter @coatcheck/core search:lossy [first seed] [worlds of each kind] [first]
// With `first` it ends at the first fault and tells how many requests it took.
import type { Limit } from './failures.ts';
import { simulate } from './simulate.ts';

const first = Number(process.argv[2] ?? Date.now() % 2 ** 31);
const worlds = Number(process.argv[3] ?? 1000);
const endsAtFirst = process.argv[4] === 'first';

let faulty = 0;
for (const story of ['renewals', 'sign-ins'] as const) {
  for (const loss of [0, 0.2, 0.5]) {
    let requests = 0;
    let signIns = 0;
    const failures = new Map<Limit, number>();
    for (let seed = first; seed < first + worlds; seed += 1) {
      const outcome = await simulate(story, seed, loss);
      if (outcome.fault !== undefined) {
        faulty += 1;
        const text = `After ${requests + outcome.requestsToFault} requests in ${story} with ${loss * 100} % of responses lost: ${outcome.fault}\n`;
        process.stdout.write(text);
        if (endsAtFirst) process.exit(1);
      }
      requests += outcome.requests;
      signIns += outcome.events.get('signed-in') ?? 0;
      for (const [limit, count] of outcome.failures) failures.set(limit, (failures.get(limit) ?? 0) + count);
    }
    process.stdout.write(
      `${story}, ${loss * 100} % of responses lost: ${requests} requests, ${signIns} sign-ins\n`,
    );
    for (const [limit, count] of failures) process.stdout.write(`  ${count} times: ${limit}\n`);
  }
}
process.stdout.write(`${worlds} worlds of each kind from seed ${first}: ${faulty} with faults\n`);
process.exitCode = faulty === 0 ? 0 : 1;
