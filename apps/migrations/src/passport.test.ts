import { describe, expect, it } from 'vitest';
import { testShop } from './clauses/shop.ts';
import { addAtOnce, addDuringSignOut, signIn } from './support/acts.ts';
import { openShop } from './support/open-shop.ts';

describe.each(['before', 'after', 'native'])('the shop with passport: %s', (side) => {
  const open = () => openShop(`${side}/passport`);
  testShop(open);

  it('shows the message of a failed sign-in once', async () => {
    const browser = (await open()).client();
    await signIn(browser, 'ada', 'wrong');
    expect(JSON.parse(await browser.get('/messages'))).toEqual(['Wrong password']);
    expect(JSON.parse(await browser.get('/messages'))).toEqual([]);
  });
});

const visit = async (side: string) => (await openShop(`${side}/passport`)).client();

it('express-session under passport keeps 1 of 50 concurrent additions', async () => {
  expect(await addAtOnce(await visit('before'), 50)).toBe(1);
});

it('express-session under passport revives a session that was signed out during a request', async () => {
  expect(await addDuringSignOut(await visit('before'))).toMatchObject({ status: 303, user: 'ada' });
});

it.each(['after', 'native'])(
  'passport over Coatcheck keeps all of 50 concurrent additions: %s',
  async (side) => {
    expect(await addAtOnce(await visit(side), 50)).toBe(50);
  },
);

it.each(['after', 'native'])(
  'passport over Coatcheck refuses a request that outlives its session: %s',
  async (side) => {
    expect(await addDuringSignOut(await visit(side))).toEqual({ status: 409, user: null, cart: [] });
  },
);
