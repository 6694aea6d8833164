// A longer search than the tests make: node --conditions=@coatcheck/source packages/core/test/fuzz/main.ts [first seed] [programs] [first: stop at the first broken promise]
import { runProgram } from './program.ts';

const first = Number(process.argv[2] ?? Date.now() % 2 ** 31);
const programs = Number(process.argv[3] ?? 1_000_000);
const stopsAtFirst = process.argv[4] === 'first';

let broken = 0;
for (let seed = first; seed < first + programs; seed += 1) {
  const result = await runProgram(seed);
  if (result.broken === undefined) continue;
  broken += 1;
  process.stdout.write(`SEARCH_SEED=${seed} broke: ${result.broken}\n`);
  if (stopsAtFirst) break;
}
process.stdout.write(`${programs} programs from seed ${first}: ${broken} broke a promise\n`);
process.exitCode = broken === 0 ? 0 : 1;
