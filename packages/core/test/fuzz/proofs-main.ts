// Tries proofs that are none: node --conditions=@coatcheck/source packages/core/test/fuzz/proofs-main.ts [seed] [proofs]
import { fuzzProofs } from './proofs.ts';

const seed = Number(process.argv[2] ?? Date.now() % 2 ** 31);
const { tried, accepted } = await fuzzProofs(seed, Number(process.argv[3] ?? 100_000));
process.stdout.write(`${tried} proofs from seed ${seed}: ${accepted} accepted\n`);
process.exitCode = accepted === 0 ? 0 : 1;
