// A longer search than the tests make: node --conditions=@coatcheck/source packages/core/test/fuzz/main.ts [first seed] [programs] [first: stop at the first broken promise] [store: later, at-once or mixed]
import { RESPONDS } from './ordered-store.ts';
import { runProgram } from './program.ts';

const first = Number(process.argv[2] ?? Date.now() % 2 ** 31);
const programs = Number(process.argv[3] ?? 1_000_000);
const stopsAtFirst = process.argv[4] === 'first';
const only = process.argv[5];
const stores = RESPONDS.filter((each) => only === undefined || each === only);

let broken = 0;
for (let seed = first; seed < first + programs && !(stopsAtFirst && broken > 0); seed += 1) {
  for (const store of stores) {
    const result = await runProgram(seed, store);
    if (result.broken === undefined) continue;
    broken += 1;
    process.stdout.write(`SEARCH_SEED=${seed} SEARCH_STORE=${store} broke: ${result.broken}\n`);
    if (stopsAtFirst) break;
  }
}
process.stdout.write(
  `${programs} programs from seed ${first} over ${stores.join(', ')}: ${broken} broke a promise\n`,
);
process.exitCode = broken === 0 ? 0 : 1;
