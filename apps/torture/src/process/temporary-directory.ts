import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Every directory that is to be removed. None outlives this process, unless that is killed with SIGKILL. */
const directories = new Set<string>();
process.once('exit', () => {
  for (const directory of directories) remove(directory);
});

/** Makes a directory that is removed at the end of this process, however that ends; before, with `removeDirectory`. */
export function temporaryDirectory(name: string): string {
  const directory = mkdtempSync(join(tmpdir(), `coatcheck-${name}-`));
  directories.add(directory);
  return directory;
}

/** Removes a temporary directory now. */
export function removeDirectory(directory: string): void {
  directories.delete(directory);
  remove(directory);
}

/** Lets a temporary directory stay. */
export function keepDirectory(directory: string): void {
  directories.delete(directory);
}

function remove(directory: string): void {
  // A process that was killed a moment ago may still be writing into it.
  rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
}
