import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { launchBrowser, PATIENCE, violations } from '@coatcheck/shop-common/testing';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generatedNames } from './.vitepress/generated.ts';
import { sidebar } from './.vitepress/sidebar.ts';
import { crawl } from './support/crawl.ts';
import { searchForEach, searchSite } from './support/search.ts';
import { Site } from './support/site.ts';
import { type Visits, visitPages } from './support/visit.ts';

const files = [
  ...globSync('*.md', { cwd: import.meta.dirname }),
  ...generatedNames.map((name) => `${name}.md`),
];
const paths = files
  .map((file) => `/${file.replace(/(^|\/)index\.md$/, '$1').replace(/\.md$/, '.html')}`)
  .sort();

/** What readers ask, and where the search should lead them. */
const QUESTIONS: readonly (readonly [question: string, page: string])[] = [
  ['cookie not set behind nginx', '/behind-a-proxy.html'],
  ['logged out after deploy', '/faq.html#why-are-users-logged-out-after-a-deploy-or-a-restart'],
  ['session lost with fetch', '/faq.html#why-is-the-session-lost-with-fetch-or-axios'],
  ['how to log out everywhere', '/user-sessions.html#ending-them-log-out-everywhere'],
  ['store users in Redis cluster', '/which-store.html'],
  ['socket.io and sessions', '/websockets.html#socketio'],
  ['passport logIn', '/express.html#passport'],
  ['jest', '/testing.html#jest-and-other-test-runners'],
  ['iframe', '/cross-site.html#in-an-iframe'],
  ['two tabs checkout', '/finishing.html#checkout-in-two-tabs'],
  ['migrate from express-session', '/migrate-from-express-session.html'],
  ['migrate connect-redis', '/migrate-from-connect-redis.html'],
  ['migrate connect-pg-simple', '/migrate-from-connect-pg-simple.html'],
  ['migrate passport', '/migrate-from-passport.html'],
  ['migrate from cookie-session', '/migrate-from-cookie-session.html'],
  ['migrate from iron-session', '/migrate-from-iron-session.html'],
  ['migrate from koa-session', '/migrate-from-koa-session.html'],
  ['migrate from hono-sessions', '/migrate-from-hono-sessions.html'],
  ['migrate from @hono/session', '/migrate-from-hono-session.html'],
  ['migrate from @fastify/session', '/migrate-from-fastify-session.html'],
  ['do I still need csurf', '/csurf.html'],
  ['quick start fastify', '/quick-start.html#fastify'],
  ['turso', '/quick-start-databases.html#libsql-and-turso'],
  ['traefik', '/behind-a-proxy.html#other-proxies-and-load-balancers'],
  ['SSE', '/websockets.html#server-sent-events-sse'],
  ['playwright storageState', '/testing.html#playwright'],
  ['openid-client', '/express.html#openid-connect'],
  ['flash messages', '/faq.html#how-do-i-show-a-message-once-after-a-redirect-flash-messages'],
  ['step-up', '/faq.html#how-do-i-ask-for-the-password-again-before-an-important-action-step-up'],
  ['idleTimeout', '/api/core.html#SessionsOptions-idleTimeout'],
];

it('shows every page of docs/ in the sidebar once', () => {
  const links = sidebar.flatMap(({ items }) => items.map(({ link }) => link));
  expect(links.sort()).toEqual(paths);
});

describe('the built site', { timeout: PATIENCE }, () => {
  let site: Site;
  let browser: Browser;
  let visits: Visits;
  let searcher: Page;
  let found: ReadonlyMap<string, readonly string[]>;
  beforeAll(async () => {
    [site, browser] = await Promise.all([Site.build(), launchBrowser()]);
    searcher = await browser.newPage({ reducedMotion: 'reduce' });
    await searcher.goto(site.url);
    const questions = QUESTIONS.map(([question]) => question);
    // The search waits for the reader to stop typing, while axe-core keeps the processor busy.
    [visits, found] = await Promise.all([
      visitPages(browser, site.url, paths),
      searchForEach(searcher, questions),
    ]);
  }, 8 * PATIENCE);
  afterAll(async () => {
    await browser?.close();
    site?.close();
  });

  it('leads to every page, and no link or anchor is dead', async () => {
    const { pages, dead } = await crawl(site.url);
    expect(dead).toEqual([]);
    expect(pages).toEqual(paths);
  });

  it('passes axe-core on every page, in light and dark', () => {
    expect([...visits.pages.values()].flatMap(({ violations }) => violations)).toEqual([]);
  });

  it('asks no other host for anything', () => {
    expect([...visits.hosts]).toEqual([new URL(site.url).host]);
  });

  it('reads the same without JavaScript', () => {
    for (const { scripted, plain } of visits.pages.values()) expect(plain).toBe(scripted);
  });

  it('serves the Markdown of every page, and lists it in llms.txt', async () => {
    const list = await (await fetch(`${site.url}/llms.txt`)).text();
    const links = [...list.matchAll(/^- \[.+?\]\(\/(.+?)\): \S/gm)].map(([, file]) => file);
    expect(links.sort()).toEqual(files.sort());
    const page = await fetch(`${site.url}/deadlines.md`);
    const source = readFileSync(join(import.meta.dirname, 'deadlines.md'), 'utf8');
    expect((await page.text()).split('\n')[0]).toBe(source.split('\n')[0]);
  });

  describe('the search', () => {
    it.for(QUESTIONS)('leads from "%s" to %s as its first or second hit', ([question, expected]) => {
      const hits = found.get(question) ?? [];
      expect(hits.slice(0, 2).filter((hit) => hit.startsWith(expected))).not.toEqual([]);
    });

    it('passes axe-core while it is open', async () => {
      expect((await searchSite(searcher, 'cookie')).length).toBeGreaterThan(5);
      expect(await violations(searcher)).toEqual([]);
    });
  });
});
