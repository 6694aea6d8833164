// Takes the core's rules out, one at a time and in a copy, and shows which test notices. `pnpm rules [words of a rule]`
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const core = join(root, 'packages/core');
const copy = join(core, '.rules');
const PROGRAMS = 20_000;

interface Edit {
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

interface Rule {
  readonly rule: string;
  readonly change: string;
  /** `search`, or the test files that notice. */
  readonly by: 'search' | readonly string[];
  /** The test's name, where not the whole file is to run. */
  readonly test?: string;
  readonly edits: readonly Edit[];
}

interface Row extends Rule {
  /** What failed; undefined where nothing did. */
  readonly noticed: string | undefined;
}

const rules: readonly Rule[] = JSON.parse(readFileSync(join(core, 'rules/rules.json'), 'utf8'));
const wanted = process.argv.slice(2).join(' ').toLowerCase();

const rows: Row[] = [];
for (const each of rules) {
  if (!each.rule.toLowerCase().includes(wanted)) continue;
  mutate(each);
  const noticed = each.by === 'search' ? bySearch() : byTests(each.by, each.test);
  rows.push({ ...each, noticed });
  process.stdout.write(
    `${noticed === undefined ? 'NOT NOTICED' : noticed}  <-  ${each.rule}: ${each.change}\n`,
  );
}
if (wanted === '') writeFileSync(join(root, 'docs/rules.md'), page(rows));
rmSync(copy, { recursive: true, force: true });
process.exitCode = rows.length > 0 && rows.every(({ noticed }) => noticed !== undefined) ? 0 : 1;

/** Copies the core and makes the change. */
function mutate({ edits }: Rule): void {
  rmSync(copy, { recursive: true, force: true });
  mkdirSync(copy, { recursive: true });
  for (const folder of ['src', 'test']) cpSync(join(core, folder), join(copy, folder), { recursive: true });
  cpSync(join(core, 'package.json'), join(copy, 'package.json'));
  for (const { file, find, replace } of edits) {
    const path = join(copy, file);
    const parts = readFileSync(path, 'utf8').split(find);
    if (parts.length !== 2) throw new Error(`${file} has not exactly one place: ${find}`);
    writeFileSync(path, parts.join(replace));
  }
}

/** Runs the search until a program breaks a promise; undefined where none does. */
function bySearch(): string | undefined {
  const { stdout, stderr } = run([
    '--conditions=@coatcheck/source',
    join(copy, 'test/fuzz/main.ts'),
    '1',
    PROGRAMS,
    'first',
    'later',
  ]);
  const found = /SEARCH_SEED=(\d+) SEARCH_STORE=\S+ broke: (.*)/.exec(stdout);
  if (found === null && !stdout.includes('programs from seed')) throw new Error(stderr);
  return found === null ? undefined : `search, program ${found[1]}: ${found[2]}`;
}

/** Runs the named tests; gives the first that fails, undefined where none does. */
function byTests(files: readonly string[], name: string | undefined): string | undefined {
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  const { stdout, stderr } = run([
    vitest,
    'run',
    '--config',
    join(core, 'rules/vitest.config.ts'),
    '--root',
    copy,
    '--bail',
    '1',
    ...(name === undefined ? [] : ['-t', name]),
    ...files,
  ]);
  const found = /FAIL\s+(.*)/.exec(`${stdout}${stderr}`);
  return found?.[1]?.trim();
}

function run(args: readonly (string | number)[]): { stdout: string; stderr: string } {
  return spawnSync(process.execPath, args.map(String), {
    cwd: copy,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
    timeout: 300_000,
    maxBuffer: 2 ** 28,
  });
}

function page(all: readonly Row[]): string {
  const lines = all.map(
    ({ rule, change, noticed }) => `| ${rule} | ${change} | ${noticed ?? '**nothing**'} |`,
  );
  return `# The rules and what guards them

Each row takes one rule out of the core and names the test that then fails; for the search, the number of programs that it took and the promise that it
found broken. \`pnpm rules\` makes this page.

| rule | taken out by | what failed |
| --- | --- | --- |
${lines.join('\n')}
`;
}
