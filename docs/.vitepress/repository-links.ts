// Links that lead out of docs/ become links into the repository on GitHub.

import { statSync } from 'node:fs';
import { join, posix } from 'node:path';
import type { MarkdownOptions } from 'vitepress';

type MarkdownIt = Parameters<NonNullable<MarkdownOptions['config']>>[0];

export const REPOSITORY = 'https://github.com/coatcheck/coatcheck';
const root = join(import.meta.dirname, '../..');

/** Gives the address on GitHub of a relative link that leads out of docs/, or the link unchanged. */
export function repositoryLink(link: string): string {
  if (/^(?:[a-z][a-z+.-]*:|[#/])/i.test(link)) return link;
  const [path = '', anchor] = link.split('#');
  const place = posix.join('docs', path);
  if (place.startsWith('docs/')) return link;
  const kind = statSync(join(root, place)).isDirectory() ? 'tree' : 'blob';
  return `${REPOSITORY}/${kind}/main/${place}${anchor === undefined ? '' : `#${anchor}`}`;
}

/** Makes the Markdown renderer write such links, and take no name such as Socket.IO for an address. */
export function useRepositoryLinks(markdown: MarkdownIt): void {
  markdown.linkify.set({ fuzzyLink: false, fuzzyEmail: false });
  markdown.core.ruler.push('repository-links', ({ tokens }) => {
    for (const token of tokens.flatMap(({ children }) => children ?? [])) {
      if (token.type !== 'link_open') continue;
      const link = token.attrGet('href');
      if (link !== null) token.attrSet('href', repositoryLink(link));
    }
  });
}
