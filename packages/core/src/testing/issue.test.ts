import { describe, expect, it } from 'vitest';
import { Browser } from '../../test/support/browser.ts';
import { setUp } from '../../test/support/set-up.ts';
import { cookie } from '../http/transports/cookie.ts';
import { bearer } from '../http/transports/plain.ts';
import { issue } from './index.ts';

function browserWith(header: string): Browser {
  const browser = new Browser();
  browser.cookie = header;
  return browser;
}

describe('issue', () => {
  it('creates a signed-in session with data, and returns the cookie for a test’s request', async () => {
    const { sessions } = setUp();
    const issued = await issue(sessions, { userId: 'alice', data: { cart: ['coat'] } });
    const { session } = await browserWith(issued.cookie).load(sessions);
    expect(session.id).toBe(issued.sessionId);
    expect(session.userId).toBe('alice');
    expect(session.data).toEqual({ cart: ['coat'] });
    expect((await sessions.list('alice')).map(({ id }) => id)).toEqual([issued.sessionId]);
  });

  it('creates an anonymous session from initial() by default', async () => {
    const { sessions } = setUp();
    const { cookie: header } = await issue(sessions);
    const { session } = await browserWith(header).load(sessions);
    expect(session.userId).toBeUndefined();
    expect(session.data).toEqual({ cart: [] });
  });

  it('uses the name of the cookie', async () => {
    const { sessions } = setUp({ transports: [cookie({ name: 'shop', development: true })] });
    expect((await issue(sessions, { userId: 'alice' })).cookie).toMatch(/^shop=[\w-]{65}$/);
  });

  it('creates several sessions for one user', async () => {
    const { sessions } = setUp();
    await issue(sessions, { userId: 'alice' });
    await issue(sessions, { userId: 'alice' });
    expect(await sessions.list('alice')).toHaveLength(2);
  });

  it('throws and says what it needs if the first transport is not a cookie', async () => {
    const { sessions } = setUp({ transports: [bearer()] });
    await expect(issue(sessions)).rejects.toThrow('issue() needs sessions whose first transport is cookie()');
  });
});
