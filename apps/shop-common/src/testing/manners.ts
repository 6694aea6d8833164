import { beforeAll, describe, expect, it } from 'vitest';
import { Client, send } from '../http-client.ts';
import { JOSS, type Lab, MAREN, PATIENCE } from './lab.ts';
import type { ShopProcess } from './shop-process.ts';

const JSON_ONLY = { accept: 'application/json' };

/** Tests the responses of the shop: pages, JSON and error messages. */
export function testManners(lab: Lab): void {
  describe('the shop', () => {
    let shop: ShopProcess;
    beforeAll(async () => {
      shop = await lab.start();
    }, PATIENCE);

    it('shows the catalogue as a page, or as JSON on request', async () => {
      const page = await send(shop.url, { path: '/' });
      expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
      expect(page.headers['content-security-policy']).not.toContain('unsafe');
      expect(page.body).toContain('Harbour raincoat');
      const json = await send(shop.url, { path: '/', headers: JSON_ONLY });
      expect(json.headers['content-type']).toBe('application/json; charset=utf-8');
      const { products } = JSON.parse(json.body);
      expect(products).toHaveLength(12);
      expect(products[0]).toEqual({ sku: 'harbour-raincoat', name: 'Harbour raincoat', price: 12_900 });
      const browser = { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' };
      expect((await send(shop.url, { path: '/', headers: browser })).body).toContain('<!doctype html>');
      expect((await send(shop.url, { path: '/', method: 'HEAD' })).status).toBe(200);
    });

    it('explains what is wrong with a post, and changes nothing', async () => {
      const client = new Client(shop.url);
      await client.post('/cart', { sku: 'fell-parka', quantity: '1' });
      const wrong = [
        [{ sku: 'no-such-coat', quantity: '1' }, 422, 'no-such-coat'],
        [{ sku: '<b>', quantity: '1' }, 422, '&lt;b&gt;'],
        [{ quantity: '1' }, 422, 'did not name a product'],
        [{ sku: 'fell-parka', quantity: '-1' }, 422, 'whole number from 1 to 100'],
        [{ sku: 'fell-parka', quantity: '0' }, 422, 'whole number from 1 to 100'],
        [{ sku: 'fell-parka', quantity: '1.5' }, 422, 'whole number from 1 to 100'],
        [{ sku: 'fell-parka', quantity: '1000000000000' }, 422, 'whole number from 1 to 100'],
        [{ sku: 'fell-parka' }, 422, 'the form had no quantity'],
        [{ sku: 'fell-parka', quantity: '1', note: 'x'.repeat(20_000) }, 413, '16 kB'],
      ] as const;
      for (const [fields, status, message] of wrong) {
        const response = await client.post('/cart', fields);
        expect([fields, response.status]).toEqual([fields, status]);
        expect(response.body).toContain(message);
        const json = await client.send({ method: 'POST', path: '/cart', fields, headers: JSON_ONLY });
        expect(JSON.parse(json.body)).toEqual({
          error: { code: expect.any(String), message: expect.any(String) },
        });
      }
      expect(await client.json('/cart')).toEqual({
        items: [{ sku: 'fell-parka', quantity: 1 }],
        total: 24_900,
      });
    });

    it('accepts JSON as well as forms, and rejects invalid JSON', async () => {
      const client = new Client(shop.url);
      const headers = { 'content-type': 'application/json' };
      const body = JSON.stringify({ sku: 'fell-parka', quantity: 2 });
      expect((await client.send({ method: 'POST', path: '/cart', body, headers })).status).toBe(303);
      expect(await client.json('/cart')).toMatchObject({ items: [{ sku: 'fell-parka', quantity: 2 }] });
      for (const broken of ['{', 'null', '[]', '"x"', '{"sku":{"a":1}}']) {
        const { status } = await client.send({ method: 'POST', path: '/cart', body: broken, headers });
        expect([broken, status >= 400 && status < 500]).toEqual([broken, true]);
      }
    });

    it('tells a visitor whose browser did not keep the cookie, in place of an empty cart', async () => {
      const client = new Client(shop.url);
      const added = await client.post('/cart', { sku: 'fell-parka', quantity: '1' });
      expect((await client.get(added.location)).body).toContain('1 × Fell parka in your cart');
      const blocked = await send(shop.url, { path: added.location });
      expect(blocked.status).toBe(400);
      expect(blocked.body).toContain('did not send the cookie back');
      const other = new Client(shop.url);
      const signedIn = await other.signIn(JOSS.email, JOSS.password);
      expect((await send(shop.url, { path: signedIn.location })).body).toContain(
        'did not send the cookie back',
      );
      await other.post('/sign-out');
      expect((await send(shop.url, { path: '/cart' })).body).toContain('Your cart is empty');
    });

    it('changes quantities and removes lines from the cart', async () => {
      const client = new Client(shop.url);
      await client.post('/cart', { sku: 'fell-parka', quantity: '1' });
      await client.post('/cart', { sku: 'heron-scarf', quantity: '1' });
      expect((await client.post('/cart/fell-parka', { quantity: '7' })).location).toBe('/cart?done=updated');
      await client.post('/cart/heron-scarf', { quantity: '0' });
      await client.post('/cart/storm-umbrella', { quantity: '2' });
      expect(await client.json('/cart')).toMatchObject({ items: [{ sku: 'fell-parka', quantity: 7 }] });
      expect(
        (await send(shop.url, { method: 'POST', path: '/cart/fell-parka', fields: { quantity: '1' } }))
          .setCookies,
      ).toEqual([]);
    });

    it('keeps a customer signed in after the browser was closed, if the form says so', async () => {
      const client = new Client(shop.url);
      const credentials = { email: JOSS.email, password: JOSS.password };
      const usual = await client.post('/sign-in', credentials);
      expect(usual.setCookies[0]).not.toContain('Max-Age');
      const remembered = await client.post('/sign-in', { ...credentials, remember: 'yes' });
      expect(remembered.setCookies[0]).toMatch(/Max-Age=77(76000|75\d{3})\b/);
      expect((await client.get('/account')).body).toContain('remembered');
      await client.post('/sign-out');
    });

    it('says what a post has done, unless the session contradicts it', async () => {
      const client = new Client(shop.url);
      const { location } = await client.signIn(JOSS.email, JOSS.password);
      expect((await client.get(location)).body).toContain('You are signed in.');
      expect((await client.get('/?done=signed-out')).body).not.toContain('You are signed out.');
      const out = await client.post('/sign-out');
      expect((await client.get(out.location)).body).toContain('You are signed out.');
      for (const done of ['signed-in', 'session-ended', 'others-ended', 'added&sku=fell-parka', '<b>']) {
        expect((await client.get(`/?done=${done}`)).body).not.toMatch(/class="(?:notice|added)"/);
      }
    });

    it('says on each page that it rejected the cookie, and why', async () => {
      const headers = { cookie: '__Host-session=not-a-token' };
      for (const path of ['/', '/cart', '/sign-in', '/nothing']) {
        const { body } = await send(shop.url, { path, headers });
        expect([path, body.split('Your session cookie was rejected').length]).toEqual([path, 2]);
      }
    });

    it('rejects a wrong password and an unknown address in the same way', async () => {
      const client = new Client(shop.url);
      const wrong = await client.signIn(MAREN.email, 'guess');
      const unknown = await client.signIn('nobody@example.com', 'guess');
      expect([wrong.status, unknown.status]).toEqual([401, 401]);
      const message = 'The e-mail address or the password is incorrect.';
      expect(wrong.body).toContain(message);
      expect(unknown.body).toContain(message);
      expect([...wrong.setCookies, ...unknown.setCookies]).toEqual([]);
    });

    it('lists every session of a user, and ends the chosen one', async () => {
      const here = new Client(shop.url, {
        'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
      });
      const there = new Client(shop.url, {
        'user-agent':
          'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1',
      });
      for (const client of [here, there]) await client.signIn(JOSS.email, JOSS.password);
      const id = there.token.slice(0, 22);
      const { body } = await here.get('/account');
      expect(body).toContain('Firefox on Linux');
      expect(body).toContain('Safari on iOS');
      expect(body).toContain('This device');
      expect(await here.json('/account')).toEqual({
        userId: JOSS.id,
        sessions: [
          {
            id: here.token.slice(0, 22),
            current: true,
            bound: false,
            createdAt: expect.any(String),
            lastSeenAt: expect.any(String),
          },
          {
            id,
            current: false,
            bound: false,
            createdAt: expect.any(String),
            lastSeenAt: expect.any(String),
          },
        ],
      });

      const stranger = new Client(shop.url);
      await stranger.signIn(MAREN.email, MAREN.password);
      expect((await stranger.post(`/account/sessions/${id}/revoke`)).status).toBe(404);
      expect(await there.json('/account')).toMatchObject({ userId: JOSS.id });
      expect((await new Client(shop.url).post(`/account/sessions/${id}/revoke`)).status).toBe(401);

      expect((await here.post(`/account/sessions/${id}/revoke`)).location).toBe(
        '/account?done=session-ended',
      );
      const ended = await there.get('/account');
      expect(ended.status).toBe(401);
      expect(ended.body).toContain('Your session has ended');
      expect(ended.body).toContain('signed out from another device');
    });

    it('signs out all other sessions and the current one, but no other user', async () => {
      const [one, two, three] = [new Client(shop.url), new Client(shop.url), new Client(shop.url)];
      for (const client of [one, two, three]) await client.signIn(JOSS.email, JOSS.password);
      expect((await one.post('/account/sessions/revoke-others')).location).toBe('/account?done=others-ended');
      expect(await one.json('/account')).toMatchObject({ sessions: [{ current: true }] });
      for (const client of [two, three]) expect((await client.get('/account')).status).toBe(401);

      const token = one.token;
      const out = await one.post('/sign-out');
      expect([out.status, out.location, one.token]).toEqual([303, '/?done=signed-out', '']);
      const thief = new Client(shop.url);
      thief.cookies.set('__Host-session', token);
      expect((await thief.get('/account')).status).toBe(401);
    });

    it('shows an order only to the customer who placed it', async () => {
      const owner = new Client(shop.url);
      await owner.signIn(MAREN.email, MAREN.password);
      await owner.post('/cart', { sku: 'fell-parka', quantity: '1' });
      const { location } = await owner.post('/checkout');
      const elsewhere = new Client(shop.url);
      await elsewhere.signIn(MAREN.email, MAREN.password);
      const other = new Client(shop.url);
      await other.signIn(JOSS.email, JOSS.password);
      const statuses = await Promise.all(
        [owner, elsewhere, other, new Client(shop.url)].map(
          async (client) => (await client.get(location)).status,
        ),
      );
      expect(statuses).toEqual([200, 200, 404, 404]);
      expect((await owner.get('/orders/no-such-order')).status).toBe(404);
    });

    it('has a page for missing paths', async () => {
      for (const path of ['/nothing', '/assets/../package.json', '/assets/none.css', '/%E0%A4%A']) {
        const { status } = await send(shop.url, { path });
        expect([path, status >= 400 && status < 500]).toEqual([path, true]);
      }
      expect((await send(shop.url, { path: '/nothing' })).body).toContain('Page not found');
    });
  });
}
