// What a page of docs/ says of itself, and what the index in concepts.md says of it.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const docsDirectory: string = join(import.meta.dirname, '..');

export interface Page {
  readonly title: string;
  /** One line: the page's questions in the index, or the first sentence of the page. */
  readonly summary: string;
  readonly source: string;
}

/** Returns the name of the page at an address of the site, such as `deadlines` for `/deadlines.html`. */
export function nameOf(link: string): string {
  return link
    .slice(1)
    .replace(/(^|\/)$/, '$1index')
    .replace(/\.html$/, '');
}

/** Reads the page of a name such as `deadlines`. */
export function readPage(name: string): Page {
  const source = withRegions(readFileSync(join(docsDirectory, `${name}.md`), 'utf8'));
  const [, title = name] = /^# (.+)$/m.exec(source) ?? [];
  return { title: plain(title), summary: questionsOf(name) ?? firstSentence(source), source };
}

/** Puts in the parts of the README that a page shows, as VitePress does for the built page. */
function withRegions(source: string): string {
  return source.replace(/<!--@include: (\.\.\/README\.md)#(\w+)-->/g, (_, file: string, region: string) => {
    const readme = readFileSync(join(docsDirectory, file), 'utf8');
    const [, part = ''] = readme.split(new RegExp(`<!-- #(?:end)?region ${region} -->\n`));
    return part;
  });
}

/** Takes the marks of Markdown out of a line. */
function plain(line: string): string {
  return line.replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1').replace(/[`*]/g, '');
}

function questionsOf(name: string): string | undefined {
  const index = readFileSync(join(docsDirectory, 'concepts.md'), 'utf8');
  const row = index.split('\n').find((line) => line.startsWith('| [') && line.includes(`](${name}.md) |`));
  const questions = row?.split(' | ').at(1)?.replace(/ \|$/, '');
  return questions === undefined ? undefined : plain(questions);
}

function firstSentence(source: string): string {
  const paragraph = /^# .+\n+((?:[^\n#|<`].*\n)+)/m.exec(source)?.[1] ?? '';
  return plain(/^.*?[.:](?=\s)/s.exec(paragraph)?.[0] ?? paragraph)
    .replace(/\s+/g, ' ')
    .trim();
}
