import type { Browser } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { Visitor } from './browser.ts';
import { type Lab, MAREN, PATIENCE } from './lab.ts';
import type { ShopProcess } from './shop-process.ts';

/** Each act, with what must be in its diagram in this order, and the number of claims that must hold. */
const ACTS = [
  [
    'Two parallel requests',
    2,
    [
      'a new sessionFell parka: 0 → 1',
      'the request of Tab 1 waits',
      'the request of Tab 2 waits',
      'Both have loaded the same session',
      '303 to /',
    ],
  ],
  [
    'A lost response',
    3,
    [
      'Moss overcoat: 0 → 1',
      'the session is finished',
      'sets cookie B lost',
      'POST /checkout cookie A',
      'sets cookie B',
      '200 Robin Lake',
    ],
  ],
  [
    'A stolen cookie',
    5,
    [
      'The thief copies the cookie',
      'Thief to Shop: GET /account cookie A',
      '200 Robin Lake',
      '16 minutes pass',
      'renewed',
      'sets cookie B',
      'confirmed',
      '2 minutes pass',
      'the session is removed',
      'reused',
      '401 Your session has ended',
      'Robin signs in again',
    ],
  ],
  [
    'A stolen cookie of a bound session',
    5,
    [
      'Robin’s browser makes a key',
      'POST /session/device cookie A',
      'the public key of the device',
      'sets bound cookie B',
      'GET /account cookie A, bound cookie B',
      'bound to the device',
      '2 minutes pass',
      'The thief copies the cookie of the session alone',
      'Thief to Shop: GET /account cookie A',
      'refused a token opened no session: unbound',
      '401 Your session cookie was rejected',
      'The thief copies both cookies',
      '200 Robin Lake',
      '7 minutes pass',
      'device-refreshed',
      'sets bound cookie C',
      'Thief to Shop: GET /account cookie A, bound cookie B',
      '200 Robin Lake',
      '3 minutes pass',
      'Thief to Shop: GET /account cookie A, bound cookie B',
      'refused a token opened no session: unbound',
      '401 Your session cookie was rejected',
      'Robin to Shop: GET /account cookie A, bound cookie C',
      '200 Robin Lake',
    ],
  ],
  [
    'A store outage',
    4,
    [
      'The store goes down',
      'read fails',
      '503 The session store is unavailable',
      '200 Coats for weather',
      '200 Help and settings',
      'The store is back',
      '200 Robin Lake',
    ],
  ],
  [
    'A slow request after sign-out',
    4,
    [
      'the request of Tab 1 waits',
      'the session is removed',
      'clears the cookie',
      'The slow request goes on',
      'call-failed',
      '409 Your session has just ended',
    ],
  ],
] as const;

/** Tests that each act of the lab shows what really happens in the shop, in a real browser. */
export function testLab(lab: Lab, browserOf: () => Browser): void {
  describe('the lab', () => {
    let shop: ShopProcess;
    beforeAll(async () => {
      shop = await lab.start();
    }, PATIENCE);

    it.each(ACTS)('plays “%s”, and draws what happened', async (title, count, happened) => {
      const visitor = await Visitor.open(browserOf(), shop.url);
      await visitor.visit('/lab');
      await visitor.press(`Play “${title}”`);
      expect(await visitor.heading()).toBe(title);
      const { page } = visitor;
      expect(await page.locator('.claims .fails').allTextContents()).toEqual([]);
      expect(await page.locator('.claims .holds').count()).toBe(count);
      const steps = await page.locator('.steps .label').allTextContents();
      let from = 0;
      for (const words of happened) {
        const at = steps.findIndex((step, index) => index >= from && step.includes(words));
        expect([words, at >= 0 ? 'found' : steps.slice(from)]).toEqual([words, 'found']);
        from = at + 1;
      }
      expect(visitor.complaints).toEqual([]);
    });

    it('leaves the session of the visitor alone', async () => {
      const visitor = await Visitor.open(browserOf(), shop.url);
      await visitor.signIn(MAREN.email, MAREN.password);
      const before = await visitor.page.context().cookies();
      await visitor.visit('/lab');
      await visitor.press('Play “A stolen cookie”');
      expect(await visitor.page.context().cookies()).toEqual(before);
      await visitor.visit('/account');
      expect(await visitor.heading()).toBe('Maren Holt');
      expect(await visitor.page.locator('.sessions li').count()).toBe(1);
    });

    it('needs no JavaScript', async () => {
      const visitor = await Visitor.open(browserOf(), shop.url, { javaScriptEnabled: false });
      await visitor.visit('/lab/parallel-requests');
      await visitor.press('Play');
      expect(await visitor.page.locator('.claims .holds').count()).toBe(2);
    });
  });
}
