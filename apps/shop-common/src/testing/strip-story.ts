import type { Browser } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { Visitor } from './browser.ts';
import { type Lab, MAREN, PATIENCE } from './lab.ts';
import type { ShopProcess } from './shop-process.ts';

/** Tests that the strip tells the truth on each kind of page, in a real browser. */
export function testStrip(lab: Lab, browserOf: () => Browser): void {
  describe('the strip', () => {
    let shop: ShopProcess;
    beforeAll(async () => {
      shop = await lab.start();
    }, PATIENCE);
    const open = () => Visitor.open(browserOf(), shop.url);

    it('shows what the browser and the server hold, within reach and without a secret (200)', async () => {
      const visitor = await open();
      await visitor.visit('/');
      expect(await stateOf(visitor)).toBe('Nothing: you have no session');
      expect(await panelOf(visitor)).toContain('No cookie __Host-session');
      const line = await visitor.page.locator('.strip summary').boundingBox();
      const height = visitor.page.viewportSize()?.height ?? 0;
      expect((line?.y ?? height) + (line?.height ?? 0)).toBeLessThanOrEqual(height);

      await visitor.press('Add Fell parka to cart');
      await visitor.press('Add Heron scarf to cart');
      await visitor.signIn(MAREN.email, MAREN.password, { remember: true });
      expect(await visitor.page.getByRole('status').first().textContent()).toContain('You are signed in.');
      expect(await stateOf(visitor)).toMatch(/^A session of maren, ends in 1[34] days$/);
      const panel = await panelOf(visitor);
      const [cookie] = await visitor.page.context().cookies();
      const token = cookie?.value ?? '';
      for (const held of [
        token.slice(0, 22),
        'HttpOnly',
        'Max-Age=7776000',
        '"sku": "heron-scarf"',
        'maren, remembered',
        'Generation1',
        'Not boundThe sign-in offered it, and the browser has registered no key.',
        'granted',
        'updated the data changed: cart',
        'signed-in',
      ]) {
        expect(panel).toContain(held);
      }
      expect(token).toHaveLength(65);
      expect(await visitor.page.content()).not.toContain(token.slice(22));
      expect(visitor.complaints).toEqual([]);
    });

    it('stays open from page to page', async () => {
      const visitor = await open();
      await visitor.visit('/');
      await visitor.page.locator('.strip summary').click();
      await visitor.visit('/cart');
      expect(await visitor.page.getByRole('heading', { name: 'Your browser' }).isVisible()).toBe(true);
    });

    it('says that a cookie was rejected, and why', async () => {
      const visitor = await open();
      const cookie = { name: '__Host-session', value: 'nonsense', url: 'https://localhost/' };
      await visitor.page.context().addCookies([cookie]);
      await visitor.visit('/cart');
      expect(await visitor.heading()).toBe('Your session cookie was rejected');
      expect(await stateOf(visitor)).toBe('No session: the token was refused (malformed)');
      expect(await panelOf(visitor)).toContain('8 characters that are not a token');
    });

    it('says that the session was not consulted if another site sent the request (403)', async () => {
      const visitor = await open();
      await visitor.visit('/');
      await visitor.press('Add Fell parka to cart');
      const elsewhere = `http://127.0.0.1:${new URL(shop.url).port}/elsewhere`;
      const body = `<form method="post" action="${shop.url}/sign-out"><button>Win a coat</button></form>`;
      await visitor.page.route(elsewhere, (route) => route.fulfill({ contentType: 'text/html', body }));
      await visitor.page.goto(elsewhere);
      await visitor.press('Win a coat');
      expect(await visitor.heading()).toBe('Request from another site');
      expect(await stateOf(visitor)).toBe('The session was not consulted');
      expect(await panelOf(visitor)).toContain('rejected it before it looked at the token');
    });

    it('shows the session as it is after a conflict (409)', async () => {
      const visitor = await open();
      await visitor.visit('/');
      await visitor.press('Add Fell parka to cart');
      await visitor.visit('/cart');
      const second = await visitor.tab();
      await second.goto(`${shop.url}/cart`);
      await second.getByRole('button', { name: 'Remove Fell parka' }).click();
      await visitor.press('Place the order');
      expect(await visitor.heading()).toBe('Your cart is empty');
      expect(await stateOf(visitor)).toMatch(/^A session without a user, ends in/);
      expect(await panelOf(visitor)).toContain('"cart": []');
    });

    it('says that the session was not consulted if the request was too large (413)', async () => {
      const visitor = await open();
      await visitor.visit('/');
      await visitor.press('Add Fell parka to cart');
      await visitor.page.evaluate(
        `document.querySelector('#heron-scarf [name="sku"]').value = 'x'.repeat(20000)`,
      );
      await visitor.press('Add Heron scarf to cart');
      expect(await visitor.heading()).toBe('Request too large');
      expect(await stateOf(visitor)).toBe('The session was not consulted');
      const [cookie] = await visitor.page.context().cookies();
      expect(await panelOf(visitor)).toContain(cookie?.value.slice(0, 22));
    });

    it('says that the server could not look while the store is down (503), and lets the visitor try again', async () => {
      const visitor = await open();
      await visitor.visit('/');
      await visitor.press('Add Fell parka to cart');
      await shop.breakDatabase(true);
      await visitor.visit('/cart');
      expect(await visitor.heading()).toBe('The session store is unavailable');
      expect(await stateOf(visitor)).toBe('The server could not look');
      expect(await panelOf(visitor)).toContain('you are not signed out');
      await visitor.visit('/help');
      expect(await visitor.heading()).toBe('Help and settings');
      expect(await stateOf(visitor)).toBe('The session was not consulted');
      await visitor.visit('/cart');
      await shop.breakDatabase(false);
      await visitor.page.getByRole('link', { name: 'Try again' }).click();
      expect(await visitor.heading()).toBe('Your cart');
      expect(await stateOf(visitor)).toMatch(/^A session without a user/);
    });
  });
}

/** Returns the line of the strip that is always in view. */
async function stateOf({ page }: Visitor): Promise<string | null> {
  const state = page.locator('.strip-state');
  expect(await state.isVisible()).toBe(true);
  return state.textContent();
}

/** Returns what the panel of the strip says once it is open. */
async function panelOf({ page }: Visitor): Promise<string | null> {
  const panel = page.getByRole('region', { name: 'Your session in detail' });
  if (!(await panel.isVisible())) await page.locator('.strip summary').click();
  return panel.textContent();
}
