import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser, Visitor } from './browser.ts';
import { JOSS, Lab, MAREN, PATIENCE } from './lab.ts';
import { testLab } from './lab-story.ts';
import { ordersIn } from './orders-in.ts';
import type { ShopProcess } from './shop-process.ts';
import { testStrip } from './strip-story.ts';

/** Tests a shop in a real browser: the same story for each framework. */
export function testShopInBrowser(name: string, main: URL): void {
  describe(`the shop on ${name}, in Chromium`, { timeout: PATIENCE }, () => {
    const lab = new Lab(main);
    const directory = lab.directory();
    let browser: Browser;
    let shop: ShopProcess;
    beforeAll(async () => {
      [browser, shop] = await Promise.all([launchBrowser(), lab.start({}, directory)]);
    }, PATIENCE);
    afterAll(async () => {
      await browser?.close();
      await lab.clear();
    }, PATIENCE);

    testStrip(lab, () => browser);
    testLab(lab, () => browser);

    it('goes from a first visit to the account page, which signs out another browser', async () => {
      const here = await Visitor.open(browser, shop.url);
      await here.visit('/');
      expect(await here.page.context().cookies()).toEqual([]);
      await here.press('Add Fell parka to cart');
      // The page takes the mark of the first cookie out of its address.
      await here.page.waitForURL(`${shop.url}/#fell-parka`);
      const note = here.page.getByRole('status').filter({ hasText: '1 × Fell parka in your cart' });
      expect(await note.count()).toBe(1);
      expect(await here.page.context().cookies()).toMatchObject([
        { name: '__Host-session', secure: true, httpOnly: true, sameSite: 'Lax', path: '/', expires: -1 },
      ]);
      await here.signIn(MAREN.email, MAREN.password);
      expect(await here.heading()).toBe('Maren Holt');
      expect(await here.page.getByText('Not bound to a device').count()).toBe(1);
      await here.visit('/cart');
      expect(await here.page.getByRole('listitem').filter({ hasText: 'Fell parka' }).count()).toBe(1);

      const there = await Visitor.open(browser, shop.url, {
        userAgent: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0',
      });
      await there.signIn(MAREN.email, MAREN.password);
      await here.visit('/account');
      const other = here.page.getByRole('listitem').filter({ hasText: 'Firefox on Windows' });
      await other.getByRole('button', { name: /^Sign out/ }).click();
      await other.waitFor({ state: 'detached' });
      await there.visit('/account');
      expect(await there.heading()).toBe('Your session has ended');
      await here.visit('/account');
      expect(await here.heading()).toBe('Maren Holt');
      expect([...here.complaints, ...there.complaints]).toEqual([]);
    });

    it('makes exactly one order despite two tabs and the back button', async () => {
      const visitor = await Visitor.open(browser, shop.url);
      await visitor.signIn(JOSS.email, JOSS.password);
      await visitor.visit('/');
      await visitor.press('Add Heron scarf to cart');
      await visitor.visit('/cart');
      const second = await visitor.tab();
      await second.goto(`${shop.url}/cart`);
      const before = ordersIn(directory).length;

      await visitor.press('Place the order');
      expect(await visitor.heading()).toBe('Thank you');
      const order = visitor.page.url();
      await second.getByRole('button', { name: 'Place the order' }).click();
      expect([second.url(), await visitor.heading(second)]).toEqual([order, 'This order was already placed']);

      await visitor.page.goBack();
      const again = visitor.page.getByRole('button', { name: 'Place the order' });
      if ((await again.count()) > 0) {
        await again.click();
        expect(visitor.page.url()).toBe(order);
      } else {
        expect(await visitor.heading()).toBe('Your cart is empty');
      }
      await visitor.visit('/account');
      expect(await visitor.heading()).toBe('Joss Field');
      expect(ordersIn(directory)).toHaveLength(before + 1);
      expect(visitor.complaints).toEqual([]);
    });

    it('counts down to the end of a session, and shows when it has ended', async () => {
      const brief = await lab.start({ IDLE_TIMEOUT: '2m' });
      const visitor = await Visitor.open(browser, brief.url);
      await visitor.visit('/');
      await visitor.press('Add Pebble beanie to cart');
      const left = visitor.page.locator('.strip time[data-shows="countdown"]').first();
      expect(await left.textContent()).toMatch(/^in (2:00|1:5\d)$/);
      const strip = visitor.page.getByRole('complementary', { name: 'What the server holds' });
      const [cookie] = await visitor.page.context().cookies();
      const token = cookie?.value ?? '';
      expect(await strip.textContent()).toContain(token.slice(0, 22));
      expect(await visitor.page.content()).not.toContain(token.slice(22));
      await brief.advance(3 * 60_000);
      await visitor.visit('/cart');
      expect(await visitor.heading()).toBe('Your session has ended');
      await visitor.visit('/');
      await visitor.press('Add Pebble beanie to cart');
      await visitor.visit('/cart');
      expect(await visitor.heading()).toBe('Your cart');
      expect(visitor.complaints).toEqual([]);
    });

    it('works without JavaScript', async () => {
      const visitor = await Visitor.open(browser, shop.url, { javaScriptEnabled: false });
      await visitor.visit('/');
      await visitor.page.getByLabel('Quantity of Moss overcoat').fill('2');
      await visitor.press('Add Moss overcoat to cart');
      expect(await visitor.page.getByRole('status').textContent()).toContain('2 × Moss overcoat');
      await visitor.visit('/cart');
      await visitor.page.getByLabel('Quantity of Moss overcoat').fill('3');
      await visitor.press('Update the quantity of Moss overcoat');
      expect(await visitor.page.getByRole('region', { name: 'Total' }).textContent()).toContain('€867.00');
      await visitor.signIn(MAREN.email, MAREN.password);
      await visitor.visit('/cart');
      const end = visitor.page.locator('.strip time[data-shows="countdown"]').first();
      expect(await end.textContent()).toMatch(/^\d\d:\d\d:\d\d UTC$/);
      await visitor.press('Place the order');
      expect(await visitor.heading()).toBe('Thank you');
      await visitor.visit('/account');
      await visitor.press('Sign out of this device');
      expect(await visitor.heading()).toBe('Coats for weather');
      expect(visitor.complaints).toEqual([]);
    });

    it('works with the keyboard alone', async () => {
      const visitor = await Visitor.open(browser, shop.url);
      const { keyboard } = visitor.page;
      await visitor.visit('/');
      await keyboard.press('Tab');
      const skip = visitor.page.getByRole('link', { name: 'Skip to content' });
      expect(await skip.evaluate('document.activeElement.textContent')).toBe('Skip to content');
      expect((await skip.boundingBox())?.y).toBeGreaterThanOrEqual(0);
      await keyboard.press('Enter');
      await keyboard.press('Tab');
      await keyboard.type('2');
      await keyboard.press('Tab');
      await Promise.all([visitor.page.waitForURL(/#harbour-raincoat$/), keyboard.press('Enter')]);
      await visitor.visit('/cart');
      expect(await visitor.page.getByLabel('Quantity of Harbour raincoat').inputValue()).toBe('2');
      expect(visitor.complaints).toEqual([]);
    });
  });
}
