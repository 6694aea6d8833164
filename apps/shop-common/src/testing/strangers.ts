import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { Client, send } from '../http-client.ts';
import { type Lab, MAREN, PATIENCE } from './lab.ts';
import type { ShopProcess } from './shop-process.ts';

/** Tests the shop with unknown visitors and attackers. */
export function testStrangers(lab: Lab): void {
  describe('a stranger', () => {
    const directory = lab.directory();
    let shop: ShopProcess;
    beforeAll(async () => {
      shop = await lab.start({}, directory);
    }, PATIENCE);

    it('makes no store call and gets no cookie', async () => {
      const before = await shop.statements();
      for (const path of ['/', '/cart', '/sign-in', '/help', '/assets/shop.css']) {
        const { status, setCookies } = await send(shop.url, { path });
        expect([path, status, setCookies]).toEqual([path, 200, []]);
      }
      expect(await shop.statements()).toBe(before);
    });

    it('is served with status 200 whatever the cookie contains', async () => {
      const client = new Client(shop.url);
      await client.post('/cart', { sku: 'fell-parka', quantity: '1' });
      const { token } = client;
      const forged = token.slice(0, 22) + randomBytes(32).toString('base64url');
      const lines = [
        '__Host-session=',
        '__Host-session=%00',
        '__Host-session="quoted',
        `__Host-session=${'A'.repeat(10_000)}`,
        `__Host-session=${forged}`,
        `__Host-session=${unknownToken()}`,
        `__Host-session=${token.slice(0, -1)}`,
        '=;;; =x; __Host-session',
      ];
      for (const cookie of lines) {
        const response = await send(shop.url, {
          path: '/cart',
          headers: { cookie, accept: 'application/json' },
        });
        expect([cookie, response.status, response.setCookies]).toEqual([cookie, 200, []]);
        expect(JSON.parse(response.body)).toEqual({ items: [], total: 0 });
      }
      const doubled = { cookie: `__Host-session=junk; __Host-session=${token}; other=1` };
      const mixed = await send(shop.url, {
        path: '/cart',
        headers: { ...doubled, accept: 'application/json' },
      });
      expect(JSON.parse(mixed.body)).toMatchObject({ items: [{ sku: 'fell-parka' }] });
    });

    it('loses an expired session, and gets a new one', async () => {
      const brief = await lab.start({ IDLE_TIMEOUT: '5m' });
      const client = new Client(brief.url);
      await client.post('/cart', { sku: 'fell-parka', quantity: '1' });
      const old = client.token;
      await brief.advance(6 * 60_000);
      const response = await client.get('/');
      expect(response.status).toBe(200);
      expect(response.body).toContain('Your session has ended');
      expect(await client.json('/cart')).toEqual({ items: [], total: 0 });
      expect((await client.get('/account')).status).toBe(401);
      await client.post('/cart', { sku: 'heron-scarf', quantity: '1' });
      expect(client.token.slice(0, 22)).not.toBe(old.slice(0, 22));
      expect(await client.json('/cart')).toMatchObject({ items: [{ sku: 'heron-scarf' }] });
    });

    it('on another site cannot post, and the cookie is unchanged', async () => {
      const client = new Client(shop.url);
      await client.post('/cart', { sku: 'fell-parka', quantity: '1' });
      const fields = { sku: 'heron-scarf', quantity: '1' };
      const calls = [
        { path: '/cart', fields },
        { path: '/sign-in', fields: { email: MAREN.email, password: MAREN.password } },
        { path: '/checkout', fields: {} },
        { path: '/sign-out', fields: {} },
      ];
      const origins = [{ 'sec-fetch-site': 'cross-site' }, { origin: 'https://elsewhere.example' }];
      for (const call of calls) {
        for (const headers of origins) {
          const response = await client.send({ ...call, method: 'POST', headers });
          expect([call.path, response.status, response.setCookies]).toEqual([call.path, 403, []]);
          const without = await send(shop.url, { ...call, method: 'POST', headers });
          expect([call.path, without.status, without.setCookies]).toEqual([call.path, 403, []]);
        }
      }
      expect(await client.json('/cart')).toMatchObject({ items: [{ sku: 'fell-parka', quantity: 1 }] });
    });

    it('with a copy of the database finds no token and no secret', async () => {
      const client = new Client(shop.url);
      await client.post('/cart', { sku: 'fell-parka', quantity: '1' });
      await client.signIn(MAREN.email, MAREN.password);
      await client.post('/checkout');
      await client.post('/cart', { sku: 'heron-scarf', quantity: '1' });
      await client.post('/sign-out');
      await client.post('/cart', { sku: 'heron-scarf', quantity: '1' });
      expect(client.seen.length).toBeGreaterThanOrEqual(4);

      const files = readdirSync(directory).map((name) => readFileSync(join(directory, name)));
      expect(files.length).toBeGreaterThanOrEqual(2);
      const holds = (bytes: Buffer | string) => files.some((file) => file.includes(bytes));
      expect(holds(client.token.slice(0, 22))).toBe(true);
      for (const token of client.seen) {
        const secret = token.slice(22);
        const raw = Buffer.from(secret, 'base64url');
        expect(raw).toHaveLength(32);
        const forms = [token, secret, raw, raw.toString('hex'), raw.toString('hex').toUpperCase()];
        forms.push(raw.toString('base64').replace(/=+$/, ''));
        for (const form of forms) expect(holds(form)).toBe(false);
      }
    });

    it('never sees a token on a page', async () => {
      const client = new Client(shop.url);
      await client.post('/cart', { sku: 'fell-parka', quantity: '1' });
      await client.signIn(MAREN.email, MAREN.password);
      for (const path of ['/', '/cart', '/account', '/help', '/sign-in']) {
        const { body } = await client.get(path);
        expect(body).toContain(client.token.slice(0, 22));
        expect(body).not.toContain(client.token.slice(22));
      }
    });

    it('who guesses passwords is limited, but a customer with the right password is not', async () => {
      const client = new Client(shop.url);
      // Longer than the maximum, so that nothing is hashed.
      const guess = async () => (await client.signIn(MAREN.email, 'x'.repeat(300))).status;
      const guesses = (count: number) => Promise.all(Array.from({ length: count }, guess));
      expect(new Set(await guesses(19))).toEqual(new Set([401]));
      expect((await client.signIn(MAREN.email, MAREN.password)).status).toBe(303);
      // A success gives back the point that it took, and no more.
      expect((await guesses(25)).sort()).toEqual([401, ...Array(24).fill(429)]);
      const refused = await client.signIn(MAREN.email, MAREN.password);
      expect(refused.status).toBe(429);
      expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
      expect(refused.body).toContain('Too many attempts');
      expect((await client.signIn('joss@example.com', 'rain-on-slate')).status).toBe(303);
    });

    it('who guesses tokens is limited, but other visitors at that address are not', async () => {
      const customer = new Client(shop.url);
      await customer.post('/cart', { sku: 'fell-parka', quantity: '1' });
      const guess = () =>
        send(shop.url, {
          path: '/',
          headers: { cookie: `__Host-session=${unknownToken()}` },
        });
      const responses = await Promise.all(Array.from({ length: 320 }, guess));
      expect(responses.map(({ status }) => status)).toContain(429);
      expect((await customer.get('/cart')).status).toBe(200);
      expect((await send(shop.url, { path: '/' })).status).toBe(200);
    });
  });
}

/** Creates a well-formed token that was never issued. */
function unknownToken(): string {
  return randomBytes(16).toString('base64url') + randomBytes(32).toString('base64url');
}
