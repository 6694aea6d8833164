import { describe, expect, it } from 'vitest';
import type { Session } from '../../src/session/session-types.ts';
import { Browser } from '../support/browser.ts';
import { type ShopData, setUp } from '../support/set-up.ts';

const NAMES = [
  'id',
  'data',
  'userId',
  'createdAt',
  'signedInAt',
  'expiresAt',
  'ended',
  'clientChanges',
  'view',
  'load',
  'reload',
  'update',
  'signIn',
  'isFresh',
  'renew',
  'finish',
  'destroy',
  'watch',
  'revealToken',
  'cart',
  'views',
  'toJSON',
  'toString',
  'hasOwnProperty',
  'then',
] as const;

/** The call to write instead. */
const adviceFor = (name: string) =>
  name === 'userId' ? 'await session.signIn(String(user.id))' : `await session.update({ ${name}: value })`;

/** Assigns as a CommonJS app without strict mode does. */
const assignSloppily: (session: object, name: string) => void = new Function(
  'session',
  'name',
  'session[name] = 1',
) as (session: object, name: string) => void;

async function loaded(): Promise<Session<ShopData>> {
  const { sessions } = setUp();
  const browser = new Browser();
  await browser.use(sessions, (session) => session.update({ cart: ['coat'] }));
  return (await browser.load(sessions)).session;
}

describe('an assignment to a property of a session throws, with the call to write instead', () => {
  it.for(NAMES)('%s, in strict code', async (name) => {
    const session = await loaded();
    const assign = () => Reflect.set(session, name, 1);
    expect(assign).toThrow(TypeError);
    expect(assign).toThrow(adviceFor(name));
  });

  it.for(NAMES)('%s, in sloppy code', async (name) => {
    const session = await loaded();
    expect(() => assignSloppily(session, name)).toThrow(adviceFor(name));
  });

  it('by Object.assign too', async () => {
    const session = await loaded();
    expect(() => Object.assign(session, { views: 1 })).toThrow(TypeError);
  });

  it('a property with a symbol for its name too', async () => {
    const session = await loaded();
    expect(() => Reflect.set(session, Symbol('views'), 1)).toThrow(TypeError);
  });

  it('before load() too', () => {
    const { session } = new Browser().open(setUp().sessions);
    expect(() => assignSloppily(session, 'views')).toThrow(TypeError);
  });

  it('leaves the session unchanged', async () => {
    const session = await loaded();
    for (const name of NAMES) expect(() => assignSloppily(session, name)).toThrow();
    expect(session.data).toEqual({ cart: ['coat'] });
    expect(await session.update(() => 'still works')).toBe('still works');
    expect(Object.keys(session)).toEqual([]);
  });
});

describe('an assignment to data', () => {
  const assign = (data: object, name: string) => Reflect.set(data, name, 1);

  it('throws in strict code', async () => {
    const { data } = await loaded();
    expect(() => {
      (data as ShopData).note = 'x';
    }).toThrow(TypeError);
    expect(() => {
      (data.cart as string[])[0] = 'x';
    }).toThrow(TypeError);
  });

  it('changes nothing in sloppy code', async () => {
    const { data } = await loaded();
    assignSloppily(data, 'note');
    assignSloppily(data.cart, '0');
    expect(data).toEqual({ cart: ['coat'] });
    expect(assign(data, 'note')).toBe(false);
  });
});

it('lists no properties of a session, and keeps the names of its methods', async () => {
  const session = await loaded();
  expect(Object.entries(session)).toEqual([]);
  expect(Object.hasOwn(session, 'id')).toBe(false);
  expect('update' in session).toBe(true);
  expect(`${session}`).toBe('[object Object]');
});
