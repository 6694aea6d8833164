// Writes docs/errors.md, the page of every error message, from the sources of the packages: node scripts/errors-page.ts [--check]
// With --check it writes nothing, and fails where the page is out of date. It always fails for an error that nothing explains.

import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { type ErrorMessage, findMessages } from './errors-page.messages.ts';
import { type Explanation, errorsPage, readExplanations } from './errors-page.page.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const PAGE = join(root, 'docs/errors.md');
/** The page whose table explains the codes. */
const EXPLANATIONS = join(root, 'docs/errors-and-events.md');
/** Tests, and the faulty stores, adapters and servers that tests are tried on. */
const NO_PRODUCT =
  /\.test(?:-d)?\.ts$|\/(?:test|test-support|mutants|search|lossy|fuzz|simulation|runtimes)\//;

/** Explains the errors that have no code, by class; a package before the class where it differs there. */
const UNCODED: Readonly<Record<string, Explanation>> = {
  TypeError: {
    when: 'The program calls or assigns something that it must not. No client can cause it.',
    action: 'Fix the program as the message says.',
  },
  RangeError: { when: 'Never, unless the library itself has a defect.', action: 'Report it.' },
  Error: {
    when: 'The store failed. The `cause` of an `ERR_STORE_UNAVAILABLE` says what kind of failure it was (`The store rejected with …`). It leaves the message of the store out unless it is known to contain no data. You see the messages of a store only if you call the store yourself.',
    action: 'Handle the `ERR_STORE_UNAVAILABLE`, and look at the logs of the database.',
  },
  CommandTimeoutError: {
    when: 'Redis did not respond within `commandTimeout`. The command may still run later. Its `code`, `ETIMEDOUT`, is in the `cause` of the `ERR_STORE_UNAVAILABLE`.',
    action: 'Handle the `ERR_STORE_UNAVAILABLE`. Check the Redis server and the network.',
  },
  PostgresStoreError: {
    when: 'PostgreSQL, or the connection to it, failed. Its `code` is the SQLSTATE or the code of the connection error. Statements, parameters and rows are left out.',
    action: 'Handle the `ERR_STORE_UNAVAILABLE`, and look at the log of PostgreSQL.',
  },
  QueryTimeoutError: {
    when: 'PostgreSQL did not respond within `queryTimeout`. The statement may still run later.',
    action: 'Handle the `ERR_STORE_UNAVAILABLE`. Check the server, its locks and the network.',
  },
  CheckTimeoutError: {
    when: 'The subscription of `session.watch()` did not respond within 2 s. Its `code`, `ETIMEDOUT`, is in the event `store-failed`, and the warning `subscription-lost` follows.',
    action:
      'Nothing, if it happens once: another subscription is opened. Otherwise see `subscription-lost` in Troubleshooting.',
  },
  'store-contract Error': {
    when: 'A clause of the contract fails, or the test gives the kit something that it cannot use.',
    action: 'Fix the store, or what the test passes to the kit.',
  },
  'adapter-contract Error': {
    when: 'A clause of the contract fails, or the test gives the kit something that it cannot use. Some clauses throw on purpose, to see what the adapter does.',
    action: 'Fix the adapter, or what the test passes to the kit.',
  },
};

function main(isCheck: boolean): void {
  const packages = globSync('packages/*/src/**/*.ts', { cwd: root }).map((file) =>
    file.replaceAll('\\', '/'),
  );
  const files = packages.filter((file) => !NO_PRODUCT.test(file)).map((file) => join(root, file));
  const { config } = ts.readConfigFile(join(root, 'tsconfig.base.json'), ts.sys.readFile);
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, root);
  const messages = findMessages(files, options).map((each) => ({ ...each, package: packageOf(each) }));
  const { page, faults } = errorsPage(
    messages,
    readExplanations(readFileSync(EXPLANATIONS, 'utf8')),
    UNCODED,
  );
  const isStale = isCheck && readFileSync(PAGE, 'utf8') !== page;
  if (isStale) faults.push('docs/errors.md is out of date: run node scripts/errors-page.ts');
  for (const fault of faults) process.stderr.write(`${fault}\n`);
  if (faults.length > 0) process.exit(1);
  if (!isCheck) writeFileSync(PAGE, page);
  process.stdout.write(`docs/errors.md lists ${messages.length} messages\n`);
}

function packageOf({ file }: ErrorMessage): string {
  return relative(join(root, 'packages'), file).replaceAll('\\', '/').split('/', 1)[0] ?? '';
}

main(process.argv.includes('--check'));
