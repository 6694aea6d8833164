// What the site serves for programs that read Markdown: each page's source beside it, and llms.txt, the list of them.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readPage } from './page.ts';
import { REPOSITORY, repositoryLink } from './repository-links.ts';
import { sidebar } from './sidebar.ts';

/** Writes the files into the directory of the built site. */
export function writeMarkdownFiles(directory: string, title: string, description: string): void {
  const lines = [`# ${title}`, '', `> ${description}`];
  for (const { text, items } of sidebar) {
    lines.push('', `## ${text}`, '');
    for (const { link } of items) {
      const name = link === '/' ? 'index' : link.slice(1, -'.html'.length);
      const page = readPage(name);
      writeFileSync(join(directory, `${name}.md`), withRepositoryLinks(page.source));
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
