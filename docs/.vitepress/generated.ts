// Pages that are made from the sources when the site is built: the API reference and the changelog. They are not in the repository.

import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { changelogPage } from './changelog.ts';
import { docsDirectory } from './page.ts';
import { referenceModules, root } from './reference/modules.ts';
import { referencePages } from './reference/pages.ts';

/** The names of these pages. */
export const generatedNames: readonly string[] = [
  'api/index',
  ...referenceModules.map(({ page }) => `api/${page}`),
  'changelog/index',
];

/** Writes the pages beside those of the repository. */
export async function writeGeneratedPages(): Promise<void> {
  const packages = new Map(
    referenceModules
      .filter(({ specifier }) => specifier.split('/').length === 2)
      .map((each) => [each.specifier, each.folder]),
  );
  const pages = new Map([...referencePages()].map(([name, markdown]) => [`api/${name}`, markdown]));
  pages.set(
    'changelog/index',
    `---\noutline: 2\neditLink: false\n---\n\n${await changelogPage(root, packages)}`,
  );
  for (const folder of ['api', 'changelog'])
    rmSync(join(docsDirectory, folder), { recursive: true, force: true });
  for (const [name, markdown] of pages) {
    const file = join(docsDirectory, `${name}.md`);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, markdown);
  }
}
