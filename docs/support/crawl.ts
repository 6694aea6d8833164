import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { REPOSITORY } from '../.vitepress/repository-links.ts';

const root = join(import.meta.dirname, '../..');

export interface Crawl {
  /** The paths of the pages that links lead to. */
  readonly pages: readonly string[];
  /** Links to a page, an anchor or a file of the repository that does not exist. */
  readonly dead: readonly string[];
}

/** Follows every link of the site, from its start page. */
export async function crawl(url: string): Promise<Crawl> {
  const anchors = new Map<string, ReadonlySet<string> | undefined>();
  const links: { readonly from: string; readonly to: URL }[] = [];
  const waiting = ['/'];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (anchors.has(path)) continue;
    const response = await fetch(url + path);
    const html = await response.text();
    anchors.set(path, response.ok ? new Set(matches(html, / id="([^"]*)"/g)) : undefined);
    for (const link of matches(html, /<a [^>]*?href="([^"]*)"/g)) {
      const to = new URL(link, url + path);
      links.push({ from: path, to });
      if (to.origin === url) waiting.push(to.pathname);
    }
  }
  const dead = links.filter(({ to }) => (to.origin === url ? isDead(to, anchors) : isMissing(to)));
  return { pages: [...anchors.keys()].sort(), dead: dead.map(({ from, to }) => `${from} → ${to.href}`) };
}

function matches(html: string, pattern: RegExp): readonly string[] {
  return [...html.matchAll(pattern)].map(([, value = '']) => value.replaceAll('&amp;', '&'));
}

function isDead(to: URL, anchors: ReadonlyMap<string, ReadonlySet<string> | undefined>): boolean {
  const ids = anchors.get(to.pathname);
  return ids === undefined || (to.hash !== '' && !ids.has(decodeURIComponent(to.hash.slice(1))));
}

/** Says whether a link names a file of the repository that does not exist. Other sites are not asked. */
function isMissing(to: URL): boolean {
  const [, place] = /^\/(?:blob|tree|edit)\/main\/([^#]*)/.exec(to.href.slice(REPOSITORY.length)) ?? [];
  return to.href.startsWith(REPOSITORY) && place !== undefined && !existsSync(join(root, place));
}
