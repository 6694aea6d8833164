import { describe, expect, it } from 'vitest';
import { testMove } from './clauses/move.ts';
import { testShop } from './clauses/shop.ts';
import { add, addAtOnce, addDuringSignOut, look, signIn } from './support/acts.ts';
import { later } from './support/later.ts';
import { openShop } from './support/open-shop.ts';

const visit = async (side: string) => (await openShop(`${side}/hono-sessions`)).client();

describe.each(['before', 'after'])('the shop with hono-sessions: %s', (side) => {
  testShop(() => openShop(`${side}/hono-sessions`));

  it('shows the message of a failed sign-in once', async () => {
    const browser = await visit(side);
    await signIn(browser, 'ada', 'wrong');
    expect(JSON.parse(await browser.get('/messages'))).toEqual(['Wrong name or password']);
    expect(JSON.parse(await browser.get('/messages'))).toEqual([]);
  });

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

describe('the change from hono-sessions', () => {
  testMove('hono-sessions');
});

it('hono-sessions keeps 1 of 50 concurrent additions', async () => {
  expect(await addAtOnce(await visit('before'), 50)).toBe(1);
});

it('hono-sessions revives a session that was signed out during a request', async () => {
  expect(await addDuringSignOut(await visit('before'))).toMatchObject({ status: 303, user: 'ada' });
});

it('after hono-sessions, all of 50 concurrent additions are kept', async () => {
  expect(await addAtOnce(await visit('after'), 50)).toBe(50);
});

it('after hono-sessions, a request that outlives its session is refused', async () => {
  expect(await addDuringSignOut(await visit('after'))).toEqual({ status: 409, user: null, cart: [] });
});
