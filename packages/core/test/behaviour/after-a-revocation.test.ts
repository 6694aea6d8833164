import { describe, expect, it } from 'vitest';
import { Browser } from '../support/browser.ts';
import { failure, setUp } from '../support/set-up.ts';

describe('after revokeUser in a request', () => {
  async function revoking(except: boolean) {
    const env = setUp();
    const browser = new Browser();
    await browser.use(env.sessions, (session) => session.signIn('ada'));
    const { session } = await browser.load(env.sessions);
    const { id } = session;
    await env.sessions.revokeUser('ada', except && id !== undefined ? { except: id } : {});
    return session;
  }

  it('update rejects with status 409, and says what to do', async () => {
    const session = await revoking(false);
    const { status, message } = await failure(session.update({ cart: ['coat'] }), 'ERR_SESSION_ENDED');
    expect(status).toBe(409);
    expect(message).toContain('Respond as to a visitor without a session');
  });

  it('update works if the session was excepted', async () => {
    const session = await revoking(true);
    await session.update({ cart: ['coat'] });
    expect(session.data.cart).toEqual(['coat']);
  });
});
