import { type Look, violations } from '@coatcheck/shop-common/testing';
import type { Browser, Page } from 'playwright-core';

const LIGHT: Look = { colorScheme: 'light', width: 1280, rules: '{}' };
const DARK: Look = { colorScheme: 'dark', width: 1280, rules: '{ runOnly: ["color-contrast"] }' };
const NARROW: Look = { colorScheme: 'dark', width: 390 };

/** How many pages are looked at at once. Each has a process of its own in the browser, which axe-core keeps busy. */
const LANES = 2;

/** What a page was like in the browser. */
export interface PageVisit {
  /** What axe-core found, in light and dark. */
  readonly violations: readonly string[];
  /** Its words with scripts and without. */
  readonly scripted: string;
  readonly plain: string;
}

/** What the pages were like, and which hosts they asked for anything. */
export interface Visits {
  readonly pages: ReadonlyMap<string, PageVisit>;
  readonly hosts: ReadonlySet<string>;
}

/** Opens each page once with scripts, by its link in the sidebar, and once without. */
export async function visitPages(browser: Browser, url: string, paths: readonly string[]): Promise<Visits> {
  const visits = { pages: new Map<string, PageVisit>(), hosts: new Set<string>() };
  const waiting = [...paths];
  await Promise.all(Array.from({ length: LANES }, () => visitSome(browser, url, waiting, visits)));
  return visits;
}

/** Takes one path after the other from those that wait, and opens its page. */
async function visitSome(
  browser: Browser,
  url: string,
  waiting: string[],
  { pages, hosts }: { readonly pages: Map<string, PageVisit>; readonly hosts: Set<string> },
): Promise<void> {
  const [page, still] = await Promise.all([
    browser.newPage({ reducedMotion: 'reduce' }),
    browser.newPage({ javaScriptEnabled: false }),
  ]);
  page.on('request', (request) => hosts.add(new URL(request.url()).host));
  await page.goto(url);
  // Only the words count there.
  await still.route('**/assets/**', (route) => route.abort());
  for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
    await Promise.all([follow(page, path), still.goto(url + path)]);
    const [scripted, plain] = await Promise.all([wordsOf(page), wordsOf(still)]);
    if (path.startsWith('/api/')) await uncolourCode(page);
    pages.set(path, { violations: await violations(page, [LIGHT, DARK, NARROW]), scripted, plain });
  }
  await Promise.all([page.close(), still.close()]);
}

/** Goes to a page as a click in the sidebar does. */
async function follow(page: Page, path: string): Promise<void> {
  await page.locator(`.VPSidebar a[href="${path}"]`).dispatchEvent('click');
  // VitePress names the element by the page.
  const name = path.replace(/[./]+/g, '_').replace(/_html$/, '');
  await page.locator(`.vp-doc.${name}`).waitFor();
}

/** Takes the colours out of the code of a page, which axe-core would look at word by word. Those of the guides are the same. */
async function uncolourCode(page: Page): Promise<void> {
  await page.evaluate(
    `for (const code of document.querySelectorAll('.vp-doc pre code')) code.textContent = code.textContent`,
  );
}

async function wordsOf(page: Page): Promise<string> {
  return (await page.locator('main').textContent()) ?? '';
}
