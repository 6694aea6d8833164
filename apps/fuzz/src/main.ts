import { parseArgs } from 'node:util';
import { readCorpus, writeCorpus } from './corpus.ts';
import { Fuzzer } from './fuzzer.ts';
import { instrument } from './instrumented.ts';
import { TARGETS } from './targets.ts';

// Fuzzes what reads input: pnpm fuzz cookie --seconds 60. The exit code is 1 if an input breaks a promise.

const names = Object.keys(TARGETS);
const USAGE = `pnpm fuzz ${names.join('|')}|all
  --seconds 60   how long each is fuzzed
  --seed 1
  --keep         keeps what reaches more in the corpus`;

try {
  process.exitCode = (await main()) ? 0 : 1;
} catch (error) {
  console.error(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
  process.exitCode = 1;
}

async function main(): Promise<boolean> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      seconds: { type: 'string', default: '60' },
      seed: { type: 'string', default: '1' },
      keep: { type: 'boolean', default: false },
    },
  });
  const [wanted = ''] = positionals;
  const targets = names.filter((name) => wanted === name || wanted === 'all');
  if (targets.length === 0)
    throw new Error(`The target must be all or one of ${names.join(', ')}; received '${wanted}'.`);
  const seconds = Number(values.seconds);
  if (!(seconds > 0)) throw new Error(`--seconds must be a number above 0; received '${values.seconds}'.`);
  let isGood = true;
  for (const target of targets)
    isGood = (await fuzz(target, seconds, Number(values.seed), values.keep)) && isGood;
  return isGood;
}

async function fuzz(target: string, seconds: number, seed: number, keeps: boolean): Promise<boolean> {
  const instrumented = await instrument(target);
  const fuzzer = new Fuzzer(instrumented, seed);
  const kept = [...readCorpus(target)].map(([name, input]) => ({ name, finding: fuzzer.try(input) }));
  const old = kept.find(({ finding }) => finding !== undefined);
  if (old !== undefined) console.log(`${target}: ${old.name} of the corpus breaks a promise`);
  const before = fuzzer.reached;
  const finding = old?.finding ?? fuzzer.run(seconds * 1000);
  console.log(
    `${target}: ${fuzzer.tried.toLocaleString('en-US')} inputs, ${fuzzer.reached} reached, of which the corpus ${before}`,
  );
  if (keeps)
    console.log(`${target}: the corpus has ${writeCorpus(target, instrumented, fuzzer.corpus)} inputs`);
  if (finding === undefined) return true;
  console.log(
    `${target}: ${String(finding.error)}\n${JSON.stringify(Buffer.from(finding.input).toString('latin1'))}`,
  );
  return false;
}
