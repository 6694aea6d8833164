import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { Client, send } from '../http-client.ts';
import { type Lab, MAREN } from './lab.ts';

/** Tests the environment variables, and how the shop starts and stops. */
export function testSwitches(lab: Lab): void {
  describe('a setting', () => {
    it('carries the token in links and forms for browsers without cookies', async () => {
      const shop = await lab.start({ TRANSPORT: 'query' });
      const added = await send(shop.url, {
        method: 'POST',
        path: '/cart',
        fields: { sku: 'fell-parka', quantity: '1' },
      });
      expect([added.status, added.setCookies]).toEqual([303, []]);
      expect(added.location).toMatch(/^\/\?done=added&sku=fell-parka&session=[\w-]{65}#fell-parka$/);
      const cart = await send(shop.url, { path: added.location });
      expect(cart.headers['referrer-policy']).toBe('same-origin');
      const token = /name="session" value="([\w-]{65})"/.exec(cart.body)?.[1] ?? '';
      // Nor does the way over a page that consults no session lose it.
      const help = await send(shop.url, { path: `/help?session=${token}` });
      expect(help.body).toContain(`href="/cart?session=${token}"`);
      expect(help.headers['cache-control']).toBe('no-store');
      const signedIn = await send(shop.url, {
        method: 'POST',
        path: '/sign-in',
        fields: { email: MAREN.email, password: MAREN.password, session: token },
      });
      expect((await send(shop.url, { path: signedIn.location })).body).toContain('Maren Holt');
      const next = new URL(signedIn.location, shop.url).searchParams.get('session') ?? '';
      expect(next).not.toBe(token);
      const ordered = await send(shop.url, {
        method: 'POST',
        path: '/checkout',
        fields: { session: next },
      });
      expect((await send(shop.url, { path: ordered.location })).body).toContain('Thank you');
      const planted = { 'sec-fetch-site': 'cross-site' };
      const plantedResponse = await send(shop.url, {
        path: ordered.location.replace(/^[^?]*/, '/account'),
        headers: planted,
      });
      expect(plantedResponse.status).toBe(401);
    });

    it('refuses or serves another browser, as CLIENT_CHECK says', async () => {
      const firefox = {
        'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
      };
      const other = { 'user-agent': 'curl/8.0' };
      for (const [check, items] of [
        ['refuse', 0],
        ['report', 1],
      ] as const) {
        const shop = await lab.start({ CLIENT_CHECK: check });
        const client = new Client(shop.url, firefox);
        await client.post('/cart', { sku: 'fell-parka', quantity: '1' });
        const { body } = await client.send({
          path: '/cart',
          headers: { ...other, accept: 'application/json' },
        });
        expect([check, JSON.parse(body).items.length]).toEqual([check, items]);
        expect(await client.json('/cart')).toMatchObject({ items: [{ sku: 'fell-parka' }] });
      }
    });

    it('ends a session after ABSOLUTE_TIMEOUT however much it is used, and shows no strip with STRIP=off', async () => {
      const shop = await lab.start({ ABSOLUTE_TIMEOUT: '1h', STRIP: 'off' });
      const client = new Client(shop.url);
      await client.post('/cart', { sku: 'fell-parka', quantity: '1' });
      for (const minutes of [20, 20, 19]) {
        await shop.advance(minutes * 60_000);
        expect(await client.json('/cart')).toMatchObject({ items: [{ sku: 'fell-parka' }] });
      }
      await shop.advance(60_000);
      const page = await client.get('/cart');
      expect(page.body).toContain('It reached 1 hour');
      expect(page.body).not.toContain('What the server holds');
    });

    it('sends a cookie without Secure with COOKIE=development', async () => {
      const shop = await lab.start({ COOKIE: 'development' });
      const fields = { sku: 'fell-parka', quantity: '1' };
      const response = await send(shop.url, { method: 'POST', path: '/cart', fields });
      expect(response.setCookies).toEqual([
        expect.stringMatching(/^session=[\w-]{65}; Path=\/; HttpOnly; SameSite=Lax$/),
      ]);
    });
  });

  describe('the lab', () => {
    it('is closed in production', async () => {
      const shop = await lab.start({ NODE_ENV: 'production' });
      for (const path of ['/lab', '/lab/parallel-requests']) {
        expect([path, (await send(shop.url, { path })).status]).toEqual([path, 404]);
      }
      const played = await send(shop.url, { method: 'POST', path: '/lab/parallel-requests' });
      expect(played.status).toBe(404);
      expect((await send(shop.url, { path: '/' })).body).not.toContain('href="/lab"');
    });

    it('takes no request for its own that it did not announce', async () => {
      const shop = await lab.start();
      const client = new Client(shop.url, { 'x-lab': 'guess' });
      await client.post('/cart', { sku: 'fell-parka', quantity: '1' });
      expect((await client.get('/')).body).toContain('What the server holds');
    });
  });

  describe('the server', () => {
    it('reports that its port is in use, and stops on SIGTERM with code 0', async () => {
      const shop = await lab.start();
      expect(await lab.expectStartFailure({ PORT: new URL(shop.url).port })).toContain(
        'The port is already in use',
      );
      expect((await send(shop.url, { path: '/' })).status).toBe(200);
      expect(await shop.stop('SIGTERM')).toBe(0);
      await expect(send(shop.url, { path: '/' })).rejects.toThrow('ECONNREFUSED');
    });

    it('responds with 503 while the database is locked, creates no session, and recovers until Ctrl-C', async () => {
      const directory = lab.directory();
      const shop = await lab.start({}, directory);
      const client = new Client(shop.url);
      await client.post('/cart', { sku: 'fell-parka', quantity: '1' });
      const lock = new DatabaseSync(join(directory, 'shop.db'));
      lock.exec('BEGIN IMMEDIATE');
      const response = await client.post('/cart', { sku: 'fell-parka', quantity: '1' });
      lock.close();
      expect([response.status, response.setCookies]).toEqual([503, []]);
      expect(response.body).toContain('You are not signed out');
      expect(Number(response.headers['retry-after'])).toBeGreaterThan(0);
      expect(await client.json('/cart')).toMatchObject({ items: [{ sku: 'fell-parka', quantity: 1 }] });
      expect(await shop.stop('SIGINT')).toBe(0);
    });
  });
}
