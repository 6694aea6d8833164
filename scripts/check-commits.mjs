// Checks the subjects of the commits since this rule began: `area: change`, at most 72 characters. `node scripts/check-commits.mjs [since | since..until]`

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { faultOf } from './commit-subject.mjs';

/** The last commit before the rule. */
const FIRST = '515ae5b6772195137c37ade5339a18197cd9f9d7';

const root = fileURLToPath(new URL('..', import.meta.url));
const git = (/** @type {readonly string[]} */ ...args) =>
  spawnSync('git', args, { cwd: root, encoding: 'utf8' });

const [since = FIRST, until = 'HEAD'] = (process.argv[2] ?? FIRST).split('..');
// A shallow clone lacks the commit: it has fewer commits than the rule covers, and all of them are checked but the oldest, which it is cut at.
const isKnown = git('cat-file', '-e', `${since}^{commit}`).status === 0;
const { status, stdout, stderr } = git(
  'log',
  '--no-merges',
  '--format=%h %s',
  isKnown ? `${since}..${until}` : until,
);
if (status !== 0) throw new Error(`git log failed: ${stderr}`);
const lines = stdout.split('\n').filter((line) => line !== '');
const checked = isKnown ? lines : lines.slice(0, -1);

const faults = checked.flatMap((line) => {
  const [, hash = '', subject = ''] = /^(\S+) (.*)$/.exec(line) ?? [];
  const fault = faultOf(subject);
  return fault === undefined ? [] : [`${hash} "${subject}": ${fault}`];
});
for (const fault of faults) process.stderr.write(`${fault}\n`);
if (faults.length > 0) process.exit(1);
process.stdout.write(`${checked.length} commit subjects name their area and their change\n`);
