// Runs the tests beside the code with uncommitted changes, as far as they depend on it: pnpm test:changed

import { execFileSync } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { runChild } from './child.mjs';

const script = fileURLToPath(import.meta.url);
const cwd = fileURLToPath(new URL('..', import.meta.url));

/**
 * Lists the folders whose tests are beside changed files: `packages/core/src` for a file of the core, `scripts` for a script. Without them, a line of the core
 * would run the tests of everything that is built on it.
 *
 * @param {readonly string[]} files
 * @returns {readonly string[]}
 */
export function foldersOf(files) {
  const folders = files.flatMap((file) => {
    const parts = file.split('/');
    const depth = parts[0] === 'packages' || parts[0] === 'apps' ? 3 : 1;
    return parts.length > depth ? [`${parts.slice(0, depth).join('/')}/`] : [];
  });
  return [...new Set(folders)];
}

async function main() {
  const listed = ['ls-files', '--modified', '--others', '--exclude-standard', '-z'];
  const staged = ['diff', '--cached', '--name-only', '-z'];
  const names = [listed, staged].map((args) => execFileSync('git', args, { cwd, encoding: 'utf8' }));
  const folders = foldersOf(names.join('').split('\0'));
  if (folders.length === 0) {
    process.stdout.write('No folder with tests has uncommitted changes.\n');
    return;
  }
  process.stdout.write(
    `Running the tests in ${folders.join(', ')} that depend on a change. npm test runs all.\n`,
  );
  const args = ['exec', 'vitest', 'run', '--changed', '--project', 'unit', '--passWithNoTests', ...folders];
  const { code } = await runChild('pnpm', args, { cwd, shell: process.platform === 'win32' });
  process.exit(code);
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === realpathSync(script)) await main();
