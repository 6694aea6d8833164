import { describe, expect, it } from 'vitest';
import { testMove } from './clauses/move.ts';
import { testShop } from './clauses/shop.ts';
import { addAtOnce, addDuringSignOut, copyThenSignOut, signIn } from './support/acts.ts';
import { openShop } from './support/open-shop.ts';

const visit = async (side: string) => (await openShop(`${side}/cookie-session`)).client();

describe.each(['before', 'after'])('the shop with cookie-session: %s', (side) => {
  testShop(() => openShop(`${side}/cookie-session`));
});

describe('the change from cookie-session', () => {
  testMove('cookie-session');
});

it('cookie-session keeps 1 of 50 concurrent additions', async () => {
  expect(await addAtOnce(await visit('before'), 50)).toBe(1);
});

it('cookie-session revives a session that was signed out during a request', async () => {
  expect(await addDuringSignOut(await visit('before'))).toMatchObject({ status: 303, user: 'ada' });
});

it('after cookie-session, all of 50 concurrent additions are kept', async () => {
  expect(await addAtOnce(await visit('after'), 50)).toBe(50);
});

it('after cookie-session, a request that outlives its session is refused', async () => {
  expect(await addDuringSignOut(await visit('after'))).toEqual({ status: 409, user: null, cart: [] });
});

it('cookie-session lets a copied cookie in after the sign-out', async () => {
  expect(await copyThenSignOut(await visit('before'))).toMatchObject({ user: 'ada' });
});

it('after cookie-session, a copied cookie opens nothing after the sign-out', async () => {
  expect(await copyThenSignOut(await visit('after'))).toMatchObject({ user: null });
});

it('cookie-session shows the visitor what is in the session', async () => {
  const browser = await visit('before');
  await signIn(browser, 'ada');
  expect(atob(browser.cookies.get('session') ?? '')).toBe('{"user":"ada"}');
});
