import { beforeAll, describe, expect, it } from 'vitest';
import { Client } from '../http-client.ts';
import { type Lab, MAREN, PATIENCE } from './lab.ts';
import { ordersIn } from './orders-in.ts';
import type { ShopProcess } from './shop-process.ts';

/** Tests that a visit from cart to order survives crashes of the server. */
export function testJourney(lab: Lab): void {
  describe('a visit', () => {
    it('continues after the server is killed between any two requests', async () => {
      const directory = lab.directory();
      let shop = await lab.start({}, directory);
      const client = new Client(shop.url);
      const restart = async () => {
        await shop.kill();
        shop = await lab.start({}, directory);
        client.url = shop.url;
      };
      const cart = { items: [{ sku: 'fell-parka', quantity: 2 }], total: 49_800 };

      expect((await client.post('/cart', { sku: 'fell-parka', quantity: '2' })).location).toBe(
        '/?done=added&sku=fell-parka&cookie=sent#fell-parka',
      );
      expect([...client.cookies.keys()]).toEqual(['__Host-session']);
      await restart();
      expect(await client.json('/cart')).toEqual(cart);
      expect((await client.signIn(MAREN.email, MAREN.password)).location).toBe('/account?done=signed-in');
      await restart();
      expect(await client.json('/cart')).toEqual(cart);
      expect(await client.json('/account')).toMatchObject({
        userId: MAREN.id,
        sessions: [{ current: true }],
      });
      await restart();
      const ordered = await client.post('/checkout');
      expect(ordered.status).toBe(303);
      expect(ordered.location).toMatch(/^\/orders\/[\w-]+$/);
      await restart();
      expect(await client.json(ordered.location)).toMatchObject({
        items: [{ sku: 'fell-parka', quantity: 2 }],
      });
      expect(await client.json('/account')).toMatchObject({ userId: MAREN.id });
      expect(await client.json('/cart')).toEqual({ items: [], total: 0 });
      expect(ordersIn(directory)).toHaveLength(1);
    });

    it('keeps the customer signed in and makes one order if the server crashes between finish and order', async () => {
      const directory = lab.directory();
      const { client } = await crashAfterFinish(lab, directory);
      expect(ordersIn(directory)).toEqual([]);

      client.url = (await lab.start({}, directory)).url;
      const again = await client.post('/checkout');
      expect(again.location).toMatch(/^\/orders\/[\w-]+$/);
      expect(await client.json(again.location)).toMatchObject({
        items: [{ sku: 'heron-scarf', quantity: 1 }],
      });
      expect(await client.json('/account')).toMatchObject({ userId: MAREN.id });
      expect(ordersIn(directory)).toHaveLength(1);
    });

    it('completes the order of a crashed server on the customer’s next request, even long after', async () => {
      const directory = lab.directory();
      const { client } = await crashAfterFinish(lab, directory);

      const shop = await lab.start({}, directory);
      await shop.advance(60 * 60_000);
      client.url = shop.url;
      await client.get('/');
      await client.get('/');
      expect(ordersIn(directory)).toHaveLength(1);
      const again = await client.post('/checkout');
      expect((await client.get(again.location)).status).toBe(200);
      expect(ordersIn(directory)).toHaveLength(1);
    });
  });

  describe('checkout', () => {
    let shop: ShopProcess;
    const directory = lab.directory();
    beforeAll(async () => {
      shop = await lab.start({}, directory);
    }, PATIENCE);

    it('leads a repeated checkout to the first order, even from a page that was left open', async () => {
      const client = new Client(shop.url);
      await client.post('/cart', { sku: 'pebble-beanie', quantity: '1' });
      await client.signIn(MAREN.email, MAREN.password);
      const page = await client.get('/cart');
      const cart = /name="cart" value="([\w-]{22})"/.exec(page.body)?.[1] ?? '';
      const before = client.copy();
      const first = await client.post('/checkout', { cart });
      // A double click sends the old token; the page that was left open is sent with the new token.
      expect((await before.post('/checkout', { cart })).location).toBe(first.location);
      expect((await client.post('/checkout', { cart })).location).toBe(first.location);
      expect((await client.get(first.location)).body).toContain('already placed');
      // The old page does not order the next cart either.
      await client.post('/cart', { sku: 'larch-mittens', quantity: '1' });
      expect((await client.post('/checkout', { cart })).location).toBe(first.location);
      expect(await client.json('/cart')).toMatchObject({ items: [{ sku: 'larch-mittens', quantity: 1 }] });
    });

    it('needs no account, and starts a new cart in a new session afterwards', async () => {
      const client = new Client(shop.url);
      await client.post('/cart', { sku: 'moss-overcoat', quantity: '1' });
      const first = await client.post('/checkout');
      expect((await client.get(first.location)).status).toBe(200);
      expect((await client.post('/checkout')).location).toBe(first.location);
      expect(await client.json('/cart')).toEqual({ items: [], total: 0 });

      const finished = client.token;
      await client.post('/cart', { sku: 'ember-fleece', quantity: '1' });
      expect(client.token.slice(0, 22)).not.toBe(finished.slice(0, 22));
      expect(await client.json('/cart')).toMatchObject({ items: [{ sku: 'ember-fleece', quantity: 1 }] });
      const second = await client.post('/checkout');
      expect(second.location).not.toBe(first.location);
      await client.signIn(MAREN.email, MAREN.password);
      for (const { location } of [first, second]) expect((await client.get(location)).status).toBe(200);
    });

    it('rejects an empty cart with a 409 that says so', async () => {
      const client = new Client(shop.url);
      const nobody = await client.post('/checkout');
      expect([nobody.status, nobody.setCookies]).toEqual([409, []]);
      await client.signIn(MAREN.email, MAREN.password);
      const before = ordersIn(directory).length;
      const empty = await client.post('/checkout');
      expect(empty.status).toBe(409);
      expect(empty.body).toContain('Your cart is empty');
      expect(await client.json('/account')).toMatchObject({ userId: MAREN.id });
      expect(ordersIn(directory)).toHaveLength(before);
    });
  });
}

/** Signs in, fills the cart and checks out in a shop that crashes between finish and order. */
async function crashAfterFinish(lab: Lab, directory: string): Promise<{ readonly client: Client }> {
  const shop = await lab.start({ SHOP_FAILPOINT: 'after-finish' }, directory);
  const client = new Client(shop.url);
  await client.post('/cart', { sku: 'heron-scarf', quantity: '1' });
  await client.signIn(MAREN.email, MAREN.password);
  await expect(client.post('/checkout')).rejects.toThrow();
  expect(await shop.ended()).toBe('SIGKILL');
  return { client };
}
