import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { testShop } from './clauses/shop.ts';
import { add, addAtOnce, addDuringSignOut, look, signIn } from './support/acts.ts';
import { later } from './support/later.ts';
import { openShop } from './support/open-shop.ts';

// connect-flash calls util.isArray.
process.noDeprecation = true;

describe.each(['before', 'after', 'native'])('the shop with express-session: %s', (side) => {
  const open = () => openShop(`${side}/express-session`);
  testShop(open);

  it('shows the message of a failed sign-in once', async () => {
    const browser = (await open()).client();
    await signIn(browser, 'ada', 'wrong');
    expect(JSON.parse(await browser.get('/messages'))).toEqual(['Wrong name or password']);
    expect(JSON.parse(await browser.get('/messages'))).toEqual([]);
  });

  it('forgets a visitor after half an hour without a request', async () => {
    const browser = (await open()).client();
    await signIn(browser, 'ada');
    later(20);
    await add(browser, 'coat');
    later(20);
    expect(await look(browser)).toEqual({ user: 'ada', cart: ['coat'] });
    later(31);
    expect(await look(browser)).toEqual({ user: null, cart: [] });
  });
});

const visit = async (side: string) => (await openShop(`${side}/express-session`)).client();

it('express-session keeps 1 of 50 concurrent additions', async () => {
  expect(await addAtOnce(await visit('before'), 50)).toBe(1);
});

it('express-session revives a session that was signed out during a request', async () => {
  expect(await addDuringSignOut(await visit('before'))).toMatchObject({ status: 303, user: 'ada' });
});

it.each(['after', 'native'])('Coatcheck keeps all of 50 concurrent additions: %s', async (side) => {
  expect(await addAtOnce(await visit(side), 50)).toBe(50);
});

it.each(['after', 'native'])('Coatcheck refuses a request that outlives its session: %s', async (side) => {
  expect(await addDuringSignOut(await visit(side))).toEqual({ status: 409, user: null, cart: [] });
});

it.each(['after', 'native'])('the store holds no token: %s', async (side) => {
  const { client, directory } = await openShop(`${side}/express-session`);
  const browser = client();
  await signIn(browser, 'ada');
  const [token = ''] = /[\w-]{65}/.exec(browser.cookieHeader) ?? [];
  const files = readdirSync(directory).filter((name) => name.startsWith(`${side}-`));
  const stored = files.map((name) => readFileSync(join(directory, name), 'latin1')).join();
  expect(stored).toContain('ada');
  expect(stored).not.toContain(token.slice(-43));
});
