import { describe, expect, it } from 'vitest';
import { testMove } from './clauses/move.ts';
import { testShop } from './clauses/shop.ts';
import { add, addAtOnce, addDuringSignOut, copyThenSignOut, look, signIn } from './support/acts.ts';
import { later } from './support/later.ts';
import { openShop } from './support/open-shop.ts';

const visit = async (side: string) => (await openShop(`${side}/iron-session`)).client();

describe.each(['before', 'after'])('the shop with iron-session: %s', (side) => {
  testShop(() => openShop(`${side}/iron-session`));

  it('forgets a visitor after half an hour without a request', async () => {
    const browser = await visit(side);
    await signIn(browser, 'ada');
    later(20);
    await add(browser, 'coat');
    later(20);
    expect(await look(browser)).toEqual({ user: 'ada', cart: ['coat'] });
    later(31);
    expect(await look(browser)).toEqual({ user: null, cart: [] });
  });
});

describe('the change from iron-session', () => {
  testMove('iron-session');
});

it('iron-session keeps 1 of 50 concurrent additions', async () => {
  expect(await addAtOnce(await visit('before'), 50)).toBe(1);
});

it('iron-session revives a session that was signed out during a request', async () => {
  expect(await addDuringSignOut(await visit('before'))).toMatchObject({ status: 303, user: 'ada' });
});

it('after iron-session, all of 50 concurrent additions are kept', async () => {
  expect(await addAtOnce(await visit('after'), 50)).toBe(50);
});

it('after iron-session, a request that outlives its session is refused', async () => {
  expect(await addDuringSignOut(await visit('after'))).toEqual({ status: 409, user: null, cart: [] });
});

it('iron-session lets a copied cookie in after the sign-out', async () => {
  expect(await copyThenSignOut(await visit('before'))).toMatchObject({ user: 'ada' });
});

it('after iron-session, a copied cookie opens nothing after the sign-out', async () => {
  expect(await copyThenSignOut(await visit('after'))).toMatchObject({ user: null });
});
