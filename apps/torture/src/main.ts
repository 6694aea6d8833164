import { runMatrix } from './matrix.ts';
import { readOptions, USAGE } from './options.ts';
import { pageOf } from './report/page.ts';
import { readResults } from './report/results.ts';
import { printSoaks, runSoak } from './soak/command.ts';
import { readSoakOptions, SOAK_USAGE } from './soak/options.ts';

// Tortures servers and stores, and says which promises were broken: pnpm torture --store redis --nemesis kill-server. The exit code is 1 for a violation.

const interrupted = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(name, () => {
    // A second signal ends at once; what was started ends with this process, and its files are removed.
    if (interrupted.signal.aborted) process.exit(130);
    interrupted.abort(new Error(`The run was ended by ${name}.`));
  });
}

try {
  process.exitCode = (await main(process.argv.slice(2))) ? 0 : 1;
} catch (error) {
  console.error(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}\n${SOAK_USAGE}`);
  process.exitCode = 1;
}

async function main(args: readonly string[]): Promise<boolean> {
  const [command, ...rest] = args;
  if (command === 'table') {
    console.log(pageOf(readResults(rest)));
    return true;
  }
  if (command === 'soak') return runSoak(readSoakOptions(rest), interrupted.signal);
  if (command === 'soak-table') return printSoaks(rest);
  return runMatrix(readOptions(args), interrupted.signal);
}
