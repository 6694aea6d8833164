import { expect, it } from 'vitest';
import { add, look, signIn, signOut, withCookiesOf } from '../support/acts.ts';
import { type Client, openShop } from '../support/open-shop.ts';

/** Tests that visitors stay who they are when an app is replaced. */
export function testMove(library: string, side = 'after'): void {
  /** Signs in before the change, in each test as another user. */
  async function signedIn(name: string): Promise<Client> {
    const browser = (await openShop(`before/${library}`)).client();
    await add(browser, 'coat');
    await signIn(browser, name);
    return browser;
  }
  const after = async (before: Client) =>
    withCookiesOf(before, (await openShop(`${side}/${library}`)).client());

  it('keeps a user signed in, with the cart, and replaces the old cookie', async () => {
    const before = await signedIn('carol');
    const browser = await after(before);
    expect(await look(browser)).toEqual({ user: 'carol', cart: ['coat'] });
    const kept = [...browser.cookies].filter(([name, value]) => before.cookies.get(name) === value);
    expect(kept).toEqual([]);
    await add(browser, 'hat');
    expect(await look(browser)).toEqual({ user: 'carol', cart: ['coat', 'hat'] });
  });

  it('keeps the cart of a visitor who is not signed in', async () => {
    const before = (await openShop(`before/${library}`)).client();
    await add(before, 'coat');
    expect(await look(await after(before))).toEqual({ user: null, cart: ['coat'] });
  });

  it('gives 50 parallel requests with one old cookie the same session', async () => {
    const before = await signedIn('dan');
    const tabs = await Promise.all(Array.from({ length: 50 }, () => after(before)));
    const pages = await Promise.all(tabs.map(look));
    expect(new Set(pages.map(({ user }) => user))).toEqual(new Set(['dan']));
    expect(new Set(tabs.map((tab) => tab.cookieHeader)).size).toBe(1);
  });

  it('lets no copy of an old cookie in after the sign-out', async () => {
    const before = await signedIn('bob');
    const browser = await after(before);
    await look(browser);
    await signOut(browser);
    expect((await look(await after(before))).user).toBeNull();
    expect((await look(browser)).user).toBeNull();
  });

  it('lets no forged old cookie in', async () => {
    const browser = await after(await signedIn('eve'));
    for (const [name, value] of browser.cookies) browser.cookies.set(name, `x${value.slice(1)}`);
    expect((await look(browser)).user).toBeNull();
  });
}
