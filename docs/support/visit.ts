import { type Look, violations } from '@coatcheck/shop-common/testing';
import type { Browser, Page } from 'playwright-core';

const LOOKS: readonly Look[] = [
  { colorScheme: 'light', width: 1280, rules: '{}' },
  { colorScheme: 'dark', width: 1280, rules: '{ runOnly: ["color-contrast"] }' },
  { colorScheme: 'dark', width: 390 },
];

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
  const [page, still] = await Promise.all([
    browser.newPage({ reducedMotion: 'reduce' }),
    browser.newPage({ javaScriptEnabled: false }),
  ]);
  const hosts = new Set<string>();
  page.on('request', (request) => hosts.add(new URL(request.url()).host));
  await page.goto(url);
  // Only the words count there.
  await still.route('**/assets/**', (route) => route.abort());
  const pages = new Map<string, PageVisit>();
  for (const path of paths) {
    await Promise.all([follow(page, path), still.goto(url + path)]);
    const [scripted, plain] = await Promise.all([wordsOf(page), wordsOf(still)]);
    pages.set(path, { violations: await violations(page, LOOKS), scripted, plain });
  }
  await Promise.all([page.close(), still.close()]);
  return { pages, hosts };
}

/** Goes to a page as a click in the sidebar does. */
async function follow(page: Page, path: string): Promise<void> {
  await page.locator(`.VPSidebar a[href="${path}"]`).dispatchEvent('click');
  // VitePress names the element by the page.
  const name = path.replace(/[./]+/g, '_').replace(/_html$/, '');
  await page.locator(`.vp-doc.${name}`).waitFor();
}

async function wordsOf(page: Page): Promise<string> {
  return (await page.locator('main').textContent()) ?? '';
}
