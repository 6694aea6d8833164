import { describe, expect, it } from 'vitest';
import { Browser } from '../../test/support/browser.ts';
import { failure, type SetUpOptions, setUp } from '../../test/support/set-up.ts';

describe('signIn with a change of the data', () => {
  it('changes the data of the session in the same write', async () => {
    const { sessions, store } = setUp();
    const browser = new Browser();
    await browser.use(sessions, (session) => session.update((data) => data.cart.push('coat')));
    const { session } = await browser.load(sessions);
    store.forget();
    await session.signIn('alice', {
      data: (data) => {
        data.cart.push('hat');
      },
    });
    expect(session.data.cart).toEqual(['coat', 'hat']);
    // One write of the session, one of the user's index.
    expect(store.writes).toBe(2);
  });

  it('starts a new session from the initial data', async () => {
    const { sessions } = setUp();
    const { session } = await new Browser().load(sessions);
    await session.signIn('alice', { data: { note: 'ring twice' } });
    expect(session.data).toEqual({ cart: [], note: 'ring twice' });
  });

  it('passes no earlier data on to another user', async () => {
    const { sessions } = setUp();
    const browser = new Browser();
    await browser.use(sessions, (session) => session.signIn('alice', { data: { note: 'private' } }));
    const { session } = await browser.load(sessions);
    await session.signIn('bob', { data: { cart: ['hat'] } });
    expect(session.data).toEqual({ cart: ['hat'] });
  });

  it('signs no user in if the change throws or the data is invalid', async () => {
    const { sessions } = setUp();
    const browser = new Browser();
    await browser.use(sessions, (session) => session.update({ note: 'x' }));
    const { session } = await browser.load(sessions);
    const change = () => {
      throw new Error('No.');
    };
    await expect(session.signIn('alice', { data: change })).rejects.toThrow('No.');
    await failure(session.signIn('alice', { data: JSON.parse('[]') }), 'ERR_DATA_INVALID');
    expect(session.userId).toBeUndefined();
    expect(await sessions.list('alice')).toEqual([]);
    expect(await browser.use(sessions, ({ data }) => data.note)).toBe('x');
  });

  it.for<[string, SetUpOptions, 'ERR_DATA_TOO_LARGE' | 'ERR_DATA_INVALID']>([
    ['is over maxDataBytes', { maxDataBytes: 10 }, 'ERR_DATA_TOO_LARGE'],
    ['does not fit the schema', { schema: refusingSchema() }, 'ERR_DATA_INVALID'],
    ['is no object', { initial: () => JSON.parse('7') }, 'ERR_DATA_INVALID'],
  ])('signs no user in without a change if the initial data %s', async ([, options, code]) => {
    const { sessions } = setUp(options);
    const { session } = await new Browser().load(sessions);
    await failure(session.signIn('alice'), code);
    expect(await sessions.list('alice')).toEqual([]);
  });
});

/** A schema that accepts nothing. */
function refusingSchema(): NonNullable<SetUpOptions['schema']> {
  const validate = () => ({ issues: [{ message: 'No.' }] });
  return { '~standard': { version: 1, vendor: 'test', validate } };
}
