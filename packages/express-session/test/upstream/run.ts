// Runs express-session's own test suite against this package: node --conditions=@coatcheck/source test/upstream/run.ts <checkout of expressjs/session> [runs] [--write]
// The checkout needs its development dependencies (npm install) and its certificates (test/support/gencert.sh). --write writes the page that lists the tests.

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { pageOf, type RanTest } from './page.ts';
import { waived } from './waived.ts';

interface Report {
  readonly tests: readonly RanTest[];
  readonly passes: readonly { readonly fullTitle: string }[];
  readonly failures: readonly { readonly fullTitle: string; readonly err: { readonly message?: string } }[];
}

const { values, positionals } = parseArgs({
  options: { write: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const [path, runs = '1'] = positionals;
if (path === undefined) throw new Error('Give the path of a checkout of expressjs/session.');
const checkout = resolve(path);
const mocha = resolve(checkout, 'node_modules/mocha/bin/mocha.js');
if (!existsSync(mocha)) throw new Error(`${checkout} has no node_modules/mocha: run npm install there.`);

let isFine = true;
for (let run = 1; run <= Number(runs); run += 1) {
  const result = runSuite();
  isFine = report(result) && holdPage(result) && isFine;
}
process.exitCode = isFine ? 0 : 1;

function runSuite(): Report {
  const hooks = fileURLToPath(new URL('hooks.ts', import.meta.url));
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [
      '--conditions=@coatcheck/source',
      '--disable-warning=ExperimentalWarning',
      `--import=${hooks}`,
      mocha,
      '--require=./test/support/env',
      '--reporter=json',
      '--exit',
      'test/',
    ],
    { cwd: checkout, encoding: 'utf8', timeout: 240_000, maxBuffer: 1 << 26 },
  );
  const start = stdout.indexOf('{\n  "stats"');
  if (start < 0) throw new Error(`mocha reported nothing.\n${stdout}\n${stderr}`);
  return JSON.parse(stdout.slice(start));
}

/** Writes the page that lists the tests, or returns whether it is up to date. */
function holdPage({ tests }: Report): boolean {
  const file = new URL('../../../../docs/express-session-tests.md', import.meta.url);
  const page = pageOf(tests);
  if (values.write) writeFileSync(file, page);
  const isCurrent = readFileSync(file, 'utf8') === page;
  if (!isCurrent) console.error('docs/express-session-tests.md is out of date: run this with --write.');
  return isCurrent;
}

/** Prints what differs from the list of waived tests, and returns whether nothing does. */
function report({ passes, failures }: Report): boolean {
  const unexpected = failures.filter(({ fullTitle }) => !(fullTitle in waived));
  // Two tests of the suite may have one title.
  const failed = new Set(failures.map(({ fullTitle }) => fullTitle));
  const needless = passes.filter(({ fullTitle }) => fullTitle in waived && !failed.has(fullTitle));
  for (const { fullTitle, err } of unexpected) console.error(`failed: ${fullTitle}\n  ${err.message ?? ''}`);
  for (const { fullTitle } of needless) console.error(`passed, but waived: ${fullTitle}`);
  console.log(
    `${passes.length} passed, ${failures.length - unexpected.length} waived, ${unexpected.length} failed`,
  );
  return unexpected.length === 0 && needless.length === 0;
}
