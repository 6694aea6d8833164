import { describe, expect, it } from 'vitest';
import { openShop } from './support/open-shop.ts';

describe.each(['before', 'after'])('the shop with csurf: %s', (side) => {
  const visit = async () => (await openShop(`${side}/csurf`)).client();

  it('accepts the form of its own page', async () => {
    const browser = await visit();
    const page = await browser.get('/');
    const fields = new URLSearchParams({ address: 'Baker Street' });
    for (const [, name = '', value = ''] of page.matchAll(/name="(\w+)" value="([^"]*)"/g))
      fields.set(name, value);
    const response = await browser.send('POST', '/address', {
      headers: { 'sec-fetch-site': 'same-origin' },
      body: fields,
    });
    expect(response.status).toBe(303);
    expect(await browser.get('/')).toContain('Your address: known');
  });

  it('refuses a form that another site posts', async () => {
    const browser = await visit();
    await browser.get('/');
    const response = await browser.send('POST', '/address', {
      headers: { 'sec-fetch-site': 'cross-site' },
      body: new URLSearchParams({ address: 'Elsewhere' }),
    });
    expect(response.status).toBe(403);
    expect(await browser.get('/')).toContain('Your address: unknown');
  });
});
