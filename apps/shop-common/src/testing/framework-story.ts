import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser, Visitor } from './browser.ts';
import { type AppServer, reservePort } from './framework-server.ts';
import { PATIENCE } from './lab.ts';

/** How to build a shop for production, and how to serve it on a port of localhost with a database. */
export interface FrameworkShop {
  build(port: number): Promise<void>;
  start(port: number, database: string): Promise<AppServer>;
}

const MAREN = { login: 'maren', name: 'Maren Holt', password: 'larch-and-lichen' } as const;
const JOSS = { login: 'joss', name: 'Joss Field', password: 'rain-on-slate' } as const;

/** Tests a shop that is written in a framework's own idiom, in a real browser: the same story for each framework. */
export function testFrameworkShop(framework: string, { build, start }: FrameworkShop): void {
  describe(`the shop in ${framework}, built for production, in Chromium`, { timeout: PATIENCE }, () => {
    const directory = mkdtempSync(join(tmpdir(), 'shop-'));
    let browser: Browser;
    let server: AppServer;
    beforeAll(async () => {
      const { port, release } = await reservePort();
      await build(port);
      await release();
      [server, browser] = await Promise.all([start(port, join(directory, 'shop.db')), launchBrowser()]);
    }, 2 * PATIENCE);
    afterAll(async () => {
      await browser?.close();
      await server?.stop();
      rmSync(directory, { recursive: true, force: true });
    }, PATIENCE);

    it('keeps all of 20 adds that one browser sends at once', async () => {
      const visitor = await Visitor.open(browser, server.url);
      await add(visitor);
      expect(await visitor.page.context().cookies()).toMatchObject([
        { name: '__Host-session', secure: true, httpOnly: true, sameSite: 'Lax', path: '/', expires: -1 },
      ]);
      const statuses = await visitor.page.evaluate<number[]>(postInParallel('/', 'Add Fell parka', 20));
      expect(statuses).toEqual(Array(20).fill(200));
      await visitor.visit('/cart');
      expect(await visitor.page.getByRole('listitem').allTextContents()).toEqual(['21 × Fell parka']);
      expect(visitor.complaints).toEqual([]);
      await visitor.close();
    });

    it('places one order for a checkout in two tabs at once, and for its repetition', async () => {
      const visitor = await Visitor.open(browser, server.url);
      await signIn(visitor, MAREN);
      await add(visitor);
      const second = await visitor.tab();
      await Promise.all([visitor.visit('/cart'), second.goto(`${server.url}/cart`)]);
      await Promise.all([press(visitor.page, 'Place the order'), press(second, 'Place the order')]);
      await Promise.all([sees(visitor.page, 'Thank you'), sees(second, 'Thank you')]);
      expect(second.url()).toBe(visitor.page.url());
      await second.goBack();
      const again = second.getByRole('button', { name: 'Place the order' });
      if (await again.isVisible()) await again.click();
      await visitor.visit('/account');
      expect(await visitor.page.locator('main a[href^="/orders/"]').count()).toBe(1);
      await visitor.close();
    });

    it('ends the session of every tab when one tab signs out', async () => {
      const visitor = await Visitor.open(browser, server.url);
      await signIn(visitor, JOSS);
      await add(visitor);
      const second = await visitor.tab();
      await second.goto(`${server.url}/cart`);
      await visitor.visit('/account');
      await press(visitor.page, 'Sign out');
      await sees(visitor.page, 'Coats');
      expect(await visitor.page.context().cookies()).toEqual([]);
      // The page in the other tab is stale, but what it does is refused.
      await press(second, 'Place the order');
      await sees(second, 'Sign in');
      await signIn(visitor, JOSS);
      expect(await visitor.page.locator('main a[href^="/orders/"]').count()).toBe(0);
      expect(visitor.complaints).toEqual([]);
      await visitor.close();
    });

    it('opens nothing with a copied cookie after the sign-out', async () => {
      const visitor = await Visitor.open(browser, server.url);
      await signIn(visitor, MAREN);
      const thief = await Visitor.open(browser, server.url);
      await thief.page.context().addCookies(await visitor.page.context().cookies());
      await thief.visit('/account');
      await sees(thief.page, MAREN.name);
      await press(visitor.page, 'Sign out');
      await sees(visitor.page, 'Coats');
      await thief.visit('/account');
      await sees(thief.page, 'Sign in');
      expect(await thief.page.getByText(MAREN.name).count()).toBe(0);
      await Promise.all([visitor.close(), thief.close()]);
    });

    it('shows nothing personal after the sign-out when the back button asks the server', async () => {
      const visitor = await Visitor.open(browser, server.url);
      await signIn(visitor, MAREN);
      // One page that the framework's router left, and one that was a document of its own.
      await visitor.visit('/account');
      await sees(visitor.page, MAREN.name);
      await visitor.visit('/cart');
      await visitor.page.getByRole('link', { name: MAREN.name }).click();
      await sees(visitor.page, MAREN.name);
      await press(visitor.page, 'Sign out');
      await sees(visitor.page, 'Coats');
      for (const heading of ['Sign in', 'Your cart', 'Sign in']) {
        await visitor.page.goBack();
        await sees(visitor.page, heading);
        await visitor.page.getByRole('link', { name: 'Sign in' }).waitFor();
        expect(await visitor.page.getByText(MAREN.name).count()).toBe(0);
      }
      await visitor.close();
    });

    it("signs out another browser from the list of the user's devices", async () => {
      const here = await Visitor.open(browser, server.url);
      const there = await Visitor.open(browser, server.url, {
        userAgent: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0',
      });
      await signIn(here, JOSS);
      await signIn(there, JOSS);
      await here.visit('/account');
      await press(here.page, 'Sign out Firefox on Windows');
      await here.page.getByText('Firefox on Windows').waitFor({ state: 'detached' });
      await there.visit('/account');
      await sees(there.page, 'Sign in');
      await here.visit('/account');
      await sees(here.page, JOSS.name);
      expect(here.complaints).toEqual([]);
      await Promise.all([here.close(), there.close()]);
    });
  });
}

async function signIn(visitor: Visitor, user: typeof MAREN | typeof JOSS): Promise<void> {
  await visitor.visit('/account');
  await visitor.page.getByLabel('Name').fill(user.login);
  await visitor.page.getByLabel('Password').fill(user.password);
  await press(visitor.page, 'Sign in');
  await sees(visitor.page, user.name);
}

async function add(visitor: Visitor): Promise<void> {
  await visitor.visit('/');
  await press(visitor.page, 'Add Fell parka');
  await sees(visitor.page, 'Your cart');
}

function press(page: Page, name: string): Promise<void> {
  return page.getByRole('button', { name, exact: true }).click();
}

/** Waits until a page has a heading. */
function sees(page: Page, heading: string): Promise<void> {
  return page.getByRole('heading', { level: 1, name: heading, exact: true }).waitFor();
}

/** Writes the JavaScript with which a page sends a form of another page many times at once. It resolves to the statuses. */
function postInParallel(path: string, button: string, times: number): string {
  const [where, what] = [path, button].map((value) => JSON.stringify(value));
  return `(async () => {
    const html = new TextDecoder().decode(await (await fetch(${where})).arrayBuffer());
    const page = new DOMParser().parseFromString(html, 'text/html');
    const form = [...page.forms].find(({ textContent }) => textContent.includes(${what}));
    const action = new URL(form.getAttribute('action') || '', new URL(${where}, location));
    const post = () => fetch(action, { method: 'POST', body: new FormData(form) });
    const responses = await Promise.all(Array.from({ length: ${times} }, post));
    return responses.map(({ status }) => status);
  })()`;
}
