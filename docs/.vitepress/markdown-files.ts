// What the site serves for programs that read Markdown: each page's source beside it, and llms.txt, the list of them.

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { nameOf, readPage } from './page.ts';
import { REPOSITORY, repositoryLink } from './repository-links.ts';
import { sidebar } from './sidebar.ts';

/** Writes the files into the directory of the built site. */
export function writeMarkdownFiles(directory: string, title: string, description: string): void {
  const lines = [`# ${title}`, '', `> ${description}`];
  for (const { text, items } of sidebar) {
    lines.push('', `## ${text}`, '');
    for (const { link } of items) {
      const name = nameOf(link);
      const page = readPage(name);
      const file = join(directory, `${name}.md`);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, withRepositoryLinks(page.source));
      lines.push(`- [${page.title}](/${name}.md): ${page.summary}`);
    }
  }
  writeFileSync(join(directory, 'llms.txt'), `${lines.join('\n')}\n`);
}

function withRepositoryLinks(source: string): string {
  return source
    .replace(/\]\((\.\.\/[^)\s]+)\)/g, (_, link: string) => `](${repositoryLink(link)})`)
    .replaceAll('src="./images/', `src="${REPOSITORY}/raw/main/docs/images/`);
}
