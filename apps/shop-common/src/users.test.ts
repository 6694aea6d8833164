import { expect, it } from 'vitest';
import { authenticate, DEMO_USERS } from './users.ts';

/** A password takes long to check, by intention, and longer on a busy machine; in milliseconds. */
const PATIENCE = 60_000;

it(
  'finds each demo user by the password on the sign-in page',
  async () => {
    const found = await Promise.all(DEMO_USERS.map(({ email, password }) => authenticate(email, password)));
    expect(found).toEqual(DEMO_USERS);
  },
  PATIENCE,
);

it(
  'finds no user with a wrong password, another user’s password or an unknown address',
  async () => {
    const [maren, joss] = DEMO_USERS;
    const found = await Promise.all([
      authenticate(maren?.email ?? '', 'guess'),
      authenticate(maren?.email ?? '', joss?.password ?? ''),
      authenticate('nobody@example.com', maren?.password ?? ''),
      authenticate(maren?.email ?? '', ''),
    ]);
    expect(found).toEqual([undefined, undefined, undefined, undefined]);
  },
  PATIENCE,
);
