import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { Client, send } from '../http-client.ts';
import { SoftwareDevice } from '../software-device.ts';
import { JOSS, type Lab, PATIENCE } from './lab.ts';
import type { ShopProcess } from './shop-process.ts';

/** Tests what the pages say of sessions that are bound to a device, and of those that are not. */
export function testBinding(lab: Lab): void {
  describe('device binding', () => {
    let shop: ShopProcess;
    beforeAll(async () => {
      shop = await lab.start();
    }, PATIENCE);

    it('shows which sessions are bound, and when a browser can bind one', async () => {
      const { client } = await signInBound(shop);
      await client.post('/account/sessions/revoke-others');
      const other = new Client(shop.url);
      await other.signIn(JOSS.email, JOSS.password);
      for (const [visitor, words] of [
        [client, ['Bound to this device', 'Not bound to a device']],
        [other, ['Not bound to a device', 'Bound to its device']],
      ] as const) {
        const { body } = await visitor.get('/account');
        expect(body.match(/(?:Not bound|Bound) to \w+ device/g)).toEqual(words);
        expect(body).toMatch(/Over HTTPS, .*href="[^"]*\/docs\/device-binding\.md"/);
      }
      expect(await client.json('/account')).toMatchObject({ sessions: [{ bound: true }, { bound: false }] });
    });

    it('shows in the strip since when a session is bound, and no hash, key or challenge', async () => {
      const { client, secrets } = await signInBound(shop);
      const { body } = await client.get('/account');
      expect(body).toMatch(/Bound since <time[^>]*>[^<]+<\/time><small>The bound cookie expires at <time/);
      expect(body).toContain('<code>__Host-session-device</code>');
      expect(body).toContain('the session is bound to your device');
      const cookie = client.cookies.get('__Host-session-device') ?? '';
      expect(cookie).not.toBe('');
      const hash = createHash('sha256').update(cookie).digest('base64url');
      for (const secret of [...secrets, cookie, hash.slice(0, 8)]) expect(body).not.toContain(secret);
    });

    it('says why a session is not bound, and offers nothing where links carry the token', async () => {
      const client = new Client(shop.url);
      await client.post('/cart', { sku: 'fell-parka', quantity: '1' });
      expect((await client.get('/cart')).body).toContain('A sign-in may offer it');
      await client.signIn(JOSS.email, JOSS.password);
      expect((await client.get('/account')).body).toContain('the browser has registered no key');

      const links = await lab.start({ TRANSPORT: 'query' });
      const fields = { email: JOSS.email, password: JOSS.password };
      const signedIn = await send(links.url, { method: 'POST', path: '/sign-in', fields });
      const { body } = await send(links.url, { path: signedIn.location });
      expect(body).toContain('The sign-in did not offer it');
      expect(body).toContain('Where you are signed in');
      expect(body).not.toContain('bound to a device');
    });
  });
}

/** Signs in with a browser that binds the session. Returns what no page may show. */
async function signInBound(
  shop: ShopProcess,
): Promise<{ readonly client: Client; readonly secrets: readonly string[] }> {
  const client = new Client(shop.url);
  const sent: string[] = [];
  const device = await SoftwareDevice.create((path, headers) => {
    sent.push(headers['secure-session-response'] ?? '');
    return client.send({ method: 'POST', path, headers });
  });
  const signedIn = await client.signIn(JOSS.email, JOSS.password);
  const registered = await device.register(signedIn);
  expect([registered.status, registered.setCookies.length]).toEqual([200, 1]);
  await client.get('/');
  const challenges = [
    signedIn.headers['secure-session-registration'],
    registered.headers['secure-session-challenge'],
  ].map((value) => /\.([\w-]{22})"/.exec(String(value))?.[1] ?? '');
  const [header = ''] = sent[0]?.split('.') ?? [];
  const { jwk }: { readonly jwk: { readonly x: string; readonly y: string } } = JSON.parse(
    Buffer.from(header, 'base64url').toString(),
  );
  return { client, secrets: [...challenges, jwk.x, jwk.y] };
}
