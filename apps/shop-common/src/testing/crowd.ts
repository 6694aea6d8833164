import { beforeAll, describe, expect, it } from 'vitest';
import { Client } from '../http-client.ts';
import { type Lab, MAREN, PATIENCE } from './lab.ts';
import { ordersIn } from './orders-in.ts';
import type { ShopProcess } from './shop-process.ts';

const MANY = Array.from({ length: 50 }, (_, index) => index);

/** Tests concurrent requests. */
export function testCrowd(lab: Lab): void {
  describe('concurrent requests', () => {
    const directory = lab.directory();
    let shop: ShopProcess;
    let other: ShopProcess;
    beforeAll(async () => {
      [shop, other] = await Promise.all([lab.start({}, directory), lab.start({}, directory)]);
    }, PATIENCE);

    it('keep all of 50 additions to one cart', async () => {
      const client = new Client(shop.url);
      await client.post('/cart', { sku: 'storm-umbrella', quantity: '1' });
      const responses = await Promise.all(
        MANY.map(() => client.post('/cart', { sku: 'fell-parka', quantity: '1' })),
      );
      expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([303]));
      expect(await client.json('/cart')).toMatchObject({
        items: [
          { sku: 'storm-umbrella', quantity: 1 },
          { sku: 'fell-parka', quantity: 50 },
        ],
      });
    });

    it('keep all of 50 additions to one cart through two servers on one database', async () => {
      const client = new Client(shop.url);
      await client.post('/cart', { sku: 'storm-umbrella', quantity: '1' });
      const clients = MANY.map((index) => {
        const copy = client.copy();
        copy.url = index % 2 === 0 ? shop.url : other.url;
        return copy;
      });
      const responses = await Promise.all(
        clients.map((copy) => copy.post('/cart', { sku: 'fell-parka', quantity: '1' })),
      );
      expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([303]));
      expect(await client.json('/cart')).toMatchObject({
        items: [
          { sku: 'storm-umbrella', quantity: 1 },
          { sku: 'fell-parka', quantity: 50 },
        ],
      });
    });

    it('make one order of 20 checkouts through two servers, and each response alone keeps the customer signed in', async () => {
      const client = new Client(shop.url);
      await client.post('/cart', { sku: 'lichen-gilet', quantity: '2' });
      await client.signIn(MAREN.email, MAREN.password);
      const before = ordersIn(directory).length;
      const clients = MANY.slice(0, 20).map((index) => {
        const copy = client.copy();
        copy.url = index % 2 === 0 ? shop.url : other.url;
        return copy;
      });
      const responses = await Promise.all(clients.map((copy) => copy.post('/checkout')));
      expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([303]));
      expect(new Set(responses.map(({ location }) => location)).size).toBe(1);
      expect(ordersIn(directory)).toHaveLength(before + 1);

      for (const response of responses) {
        const alone = client.copy();
        alone.keep(response);
        expect(await alone.json('/account')).toMatchObject({ userId: MAREN.id });
        expect((await alone.get(response.location)).status).toBe(200);
      }
    });

    it('make one order of 20 checkouts without an account, and each response alone shows it', async () => {
      const client = new Client(shop.url);
      await client.post('/cart', { sku: 'lichen-gilet', quantity: '1' });
      const before = ordersIn(directory).length;
      const responses = await Promise.all(MANY.slice(0, 20).map(() => client.copy().post('/checkout')));
      expect(new Set(responses.map(({ location }) => location)).size).toBe(1);
      expect(ordersIn(directory)).toHaveLength(before + 1);
      for (const response of responses) {
        const alone = client.copy();
        alone.keep(response);
        expect((await alone.get(response.location)).status).toBe(200);
      }
    });
  });
}
