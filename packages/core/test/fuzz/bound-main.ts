// A longer search than the tests make: node --conditions=@coatcheck/source packages/core/test/fuzz/bound-main.ts [first seed] [programs]
import { runBoundProgram } from './bound-program.ts';
import { RESPONDS } from './ordered-store.ts';

const first = Number(process.argv[2] ?? Date.now() % 2 ** 31);
const programs = Number(process.argv[3] ?? 10_000);
const totals = new Map<string, number>();
let broken = 0;
for (let seed = first; seed < first + programs; seed += 1) {
  for (const store of RESPONDS) {
    const result = await runBoundProgram(seed, undefined, undefined, store);
    for (const [what, count] of result.reached) totals.set(what, (totals.get(what) ?? 0) + count);
    if (result.broken === undefined) continue;
    broken += 1;
    process.stdout.write(`BOUND_SEED=${seed} SEARCH_STORE=${store} broke: ${result.broken}\n`);
  }
}
for (const [what, count] of [...totals].sort()) process.stdout.write(`${what}: ${count}\n`);
process.stdout.write(
  `${programs} programs from seed ${first} over ${RESPONDS.join(', ')}: ${broken} broke a promise\n`,
);
process.exitCode = broken === 0 ? 0 : 1;
