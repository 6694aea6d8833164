// The changelog: what changesets has written into each package's CHANGELOG.md, and the changesets that wait for the next release.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readChangesets } from '@changesets/read';

type Changeset = Awaited<ReturnType<typeof readChangesets>>[number];

const INTRODUCTION = `# Changelog

Each change that users of a package notice comes with a note, written by [changesets](https://github.com/changesets/changesets). A release makes the notes of a package into its next version, and into the
\`CHANGELOG.md\` that is published with it.
`;

/** Writes the page about the packages of a repository, by their names and their folders in \`packages\`. */
export async function changelogPage(root: string, packages: ReadonlyMap<string, string>): Promise<string> {
  const changesets = await readChangesets(root);
  const sections = [...packages].map(([name, folder]) => {
    const file = join(root, 'packages', folder, 'CHANGELOG.md');
    const released = existsSync(file) ? readFileSync(file, 'utf8') : '';
    return sectionOf(name, changesets, released);
  });
  return [INTRODUCTION, ...sections].join('\n');
}

function sectionOf(name: string, changesets: readonly Changeset[], released: string): string {
  const pending = changesets.filter(({ releases }) => releases.some((each) => each.name === name));
  const isReleased = released.trim() !== '';
  if (pending.length === 0 && !isReleased) return `## ${name}\n\nNothing is released yet.\n`;
  const unreleased = pending.length === 0 ? '' : `### Unreleased\n\n${pending.map(itemOf).join('')}`;
  // The title is the package's name, and the headings below it move one level down.
  const versions = released.replace(/^# .*\n+/, '').replace(/^##/gm, '###');
  return `## ${name}\n\n${unreleased}${isReleased && unreleased !== '' ? '\n' : ''}${versions}`;
}

function itemOf({ summary }: Changeset): string {
  return `- ${summary.trim().replace(/\n(?=.)/g, '\n  ')}\n`;
}
