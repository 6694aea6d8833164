import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { send } from '../http-client.ts';
import { ACTS } from '../lab/acts.ts';
import { launchBrowser, Visitor } from './browser.ts';
import { JOSS, Lab, MAREN, PATIENCE } from './lab.ts';
import { LARGE, LOOKS, type Look, violations } from './violations.ts';

/** So high that the strip, which stays in view, covers nothing: axe-core takes a button that is half covered for a small one. */
const SHOP_LOOKS: readonly Look[] = [...LOOKS.map((look) => ({ ...look, height: 8000 })), LARGE];

/** Tests that every page is accessible, in light and dark and at wide and narrow widths. */
export function testPages(main: URL): void {
  describe('every page', { timeout: 4 * PATIENCE }, () => {
    const lab = new Lab(main);
    let browser: Browser;
    beforeAll(async () => {
      browser = await launchBrowser();
    }, PATIENCE);
    afterAll(async () => {
      await browser?.close();
      await lab.clear();
    }, PATIENCE);

    it('passes axe-core, and fits the width of the window', async () => {
      const shop = await lab.start({ IDLE_TIMEOUT: '10m' });
      const visitor = await Visitor.open(browser, shop.url);
      const { page } = visitor;
      const found: string[] = [];
      const seen: string[] = [];
      const look = async () => {
        seen.push((await visitor.heading()) ?? '');
        found.push(...(await violations(page, SHOP_LOOKS)));
      };
      const lookAt = async (path: string) => {
        await visitor.visit(path);
        await look();
      };

      for (const path of ['/', '/cart', '/sign-in', '/help', '/nothing', '/account', '/cart?cookie=sent'])
        await lookAt(path);
      await visitor.signIn(MAREN.email, 'guess');
      await look();
      await visitor.visit('/');
      await visitor.press('Add Fell parka to cart');
      await look();
      await lookAt('/cart');
      await page.evaluate('document.querySelector("#quantity-fell-parka").max = ""');
      await page.getByLabel('Quantity of Fell parka').fill('5000');
      await visitor.press('Update the quantity of Fell parka');
      await look();
      await visitor.signIn(MAREN.email, MAREN.password);
      const elsewhere = await Visitor.open(browser, shop.url);
      await elsewhere.signIn(MAREN.email, MAREN.password);
      for (const path of ['/', '/account', '/sign-in']) await lookAt(path);
      await visitor.visit('/cart');
      const second = await visitor.tab();
      await second.goto(`${shop.url}/cart`);
      await visitor.press('Place the order');
      await look();
      await second.getByRole('button', { name: 'Place the order' }).click();
      await lookAt(new URL(second.url()).pathname);
      for (const path of ['/cart', '/account']) await lookAt(path);
      await visitor.page.locator('.strip summary').click();
      for (const path of ['/', '/cart', '/help', '/lab']) await lookAt(path);
      for (const act of ACTS) {
        await visitor.visit(`/lab/${act.name}`);
        await visitor.press('Play');
        await look();
      }
      await shop.advance(20 * 60_000);
      for (const path of ['/', '/cart', '/account']) await lookAt(path);
      // The browser may resolve localhost to either address.
      for (const host of ['127.0.0.1', '[::1]']) {
        const url = `http://${host}:${new URL(shop.url).port}`;
        const fields = { email: JOSS.email, password: 'x'.repeat(300) };
        const guess = { method: 'POST', path: '/sign-in', fields } as const;
        for (let i = 0; i < 20; i += 1) await send(url, guess).catch(noSuchAddress);
      }
      await visitor.signIn(JOSS.email, JOSS.password);
      await look();

      expect(found).toEqual([]);
      expect([...new Set(seen)].sort()).toEqual([
        'A lost response',
        'A slow request after sign-out',
        'A stolen cookie',
        'A stolen cookie of a bound session',
        'A store outage',
        'Coats for weather',
        'Help and settings',
        'Invalid quantity',
        'Maren Holt',
        'Page not found',
        'Sign in',
        'Thank you',
        'The lab',
        'This order was already placed',
        'Too many attempts',
        'Two parallel requests',
        'Your browser did not send the cookie back',
        'Your cart',
        'Your cart is empty',
        'Your session has ended',
      ]);
      expect(visitor.complaints).toEqual([]);
    });
  });
}

/** Ignores the error of a machine without IPv6. */
function noSuchAddress(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EADDRNOTAVAIL' && error.code !== 'ECONNREFUSED') throw error;
}
