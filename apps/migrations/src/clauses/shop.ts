import { expect, it } from 'vitest';
import { add, look, signIn, signOut } from '../support/acts.ts';
import type { Shop } from '../support/open-shop.ts';

/** The shop's own tests, which know nothing of the library that keeps its sessions. */
export function testShop(open: () => Promise<Shop>): void {
  it('keeps a cart for each visitor', async () => {
    const { client } = await open();
    const [ada, bob] = [client(), client()];
    await add(ada, 'coat');
    await add(ada, 'hat');
    await add(bob, 'scarf');
    expect(await look(ada)).toEqual({ user: null, cart: ['coat', 'hat'] });
    expect(await look(bob)).toEqual({ user: null, cart: ['scarf'] });
  });

  it('signs a user in and keeps the cart', async () => {
    const browser = (await open()).client();
    await add(browser, 'coat');
    await signIn(browser, 'ada');
    await add(browser, 'hat');
    expect(await look(browser)).toEqual({ user: 'ada', cart: ['coat', 'hat'] });
  });

  it('signs nobody in with a wrong password', async () => {
    const browser = (await open()).client();
    await add(browser, 'coat');
    await signIn(browser, 'ada', 'wrong');
    expect(await look(browser)).toEqual({ user: null, cart: ['coat'] });
  });

  it('signs a user out in this browser only', async () => {
    const { client } = await open();
    const [phone, laptop] = [client(), client()];
    await signIn(phone, 'ada');
    await signIn(laptop, 'ada');
    await signOut(phone);
    expect(await look(phone)).toEqual({ user: null, cart: [] });
    expect(await look(laptop)).toEqual({ user: 'ada', cart: [] });
  });

  it('signs nobody in whose cookie was planted before the sign-in', async () => {
    const attacker = (await open()).client();
    await add(attacker, 'coat');
    const victim = attacker.copy();
    await signIn(victim, 'ada');
    expect((await look(attacker)).user).toBeNull();
  });

  it('signs nobody in who changed a cookie', async () => {
    const browser = (await open()).client();
    await signIn(browser, 'ada');
    for (const [name, value] of browser.cookies) {
      const middle = value.length >> 1;
      browser.cookies.set(
        name,
        value.slice(0, middle) + (value[middle] === 'A' ? 'B' : 'A') + value.slice(middle + 1),
      );
    }
    expect((await look(browser)).user).toBeNull();
  });
}
