import { describe, expect, it } from 'vitest';
import { Browser, setCookies } from '../../test/support/browser.ts';
import { failure, type SetUp, setUp, thrown } from '../../test/support/set-up.ts';
import { gate } from '../../test/support/watched-store.ts';
import type { RequestView } from '../http/request-view.ts';

/** A browser with a session whose cart holds one thing. */
async function shopper({ sessions, store, events }: SetUp): Promise<Browser> {
  const browser = new Browser();
  await browser.use(sessions, (session) => session.update({ cart: ['coat'] }));
  store.forget();
  events.length = 0;
  return browser;
}

describe('open', () => {
  it('does no I/O and reads nothing of the request', () => {
    const { sessions, store } = setUp();
    const untouchable: RequestView = {
      get method() {
        return expect.unreachable();
      },
      get host() {
        return expect.unreachable();
      },
      get ip() {
        return expect.unreachable();
      },
      header: () => expect.unreachable(),
      query: () => expect.unreachable(),
      form: () => expect.unreachable(),
    };
    const visit = sessions.open(untouchable);
    expect(visit.seal()).toEqual([]);
    expect(store.calls).toEqual([]);
  });

  it('costs nothing without load(), even for a request with a token', async () => {
    const env = setUp();
    const browser = await shopper(env);
    env.clock.advance('20m');
    expect(browser.open(env.sessions).respond()).toEqual([]);
    expect(env.store.calls).toEqual([]);
    expect(env.events).toEqual([]);
  });
});

describe('before load()', () => {
  it.for(['id', 'data', 'userId', 'createdAt', 'signedInAt', 'expiresAt', 'ended', 'clientChanges'] as const)(
    '%s cannot be read',
    (name) => {
      const { session } = new Browser().open(setUp().sessions);
      const { message, status } = thrown(() => session[name], 'ERR_SESSION_NOT_LOADED');
      expect(message).toContain('await session.load() first');
      expect(status).toBe(500);
    },
  );

  it('isFresh and revealToken throw', () => {
    const { session } = new Browser().open(setUp().sessions);
    thrown(() => session.isFresh('5m'), 'ERR_SESSION_NOT_LOADED');
    thrown(() => session.revealToken(), 'ERR_SESSION_NOT_LOADED');
  });

  it.for(['update', 'signIn', 'renew', 'finish', 'destroy'] as const)('%s loads by itself', async (call) => {
    const env = setUp();
    const browser = await shopper(env);
    const { session } = browser.open(env.sessions);
    if (call === 'update') await session.update({ note: 'x' });
    else if (call === 'signIn') await session.signIn('alice');
    else await session[call]();
    expect(env.store.calls[0]).toMatchObject({ operation: 'read' });
    expect(session.ended?.reason).toBe(call === 'finish' ? 'finished' : undefined);
  });
});

describe('load()', () => {
  it('resolves to the session', async () => {
    const env = setUp();
    const browser = await shopper(env);
    const { session } = browser.open(env.sessions);
    expect(await session.load()).toBe(session);
    expect(session.data).toEqual({ cart: ['coat'] });
  });

  it('reads the store once for any number of calls', async () => {
    const env = setUp();
    const browser = await shopper(env);
    const { session } = browser.open(env.sessions);
    await Promise.all([session.load(), session.load(), session.update({ note: 'x' })]);
    await session.load();
    expect(env.store.calls.filter(({ operation }) => operation === 'read')).toHaveLength(1);
  });

  it('reads once and writes nothing if nothing is due', async () => {
    const env = setUp();
    const browser = await shopper(env);
    env.clock.advance('59s');
    const { respond } = await browser.load(env.sessions);
    expect(respond()).toEqual([]);
    expect(env.store.calls).toHaveLength(1);
    expect(env.events).toEqual([]);
  });

  it('fails again with the same error after a failure', async () => {
    const env = setUp();
    const browser = await shopper(env);
    env.store.before = () => 'reject';
    const { session } = browser.open(env.sessions);
    const first = await failure(session.load(), 'ERR_STORE_UNAVAILABLE');
    env.store.before = () => undefined;
    expect(await failure(session.load(), 'ERR_STORE_UNAVAILABLE')).toBe(first);
    thrown(() => session.data, 'ERR_SESSION_NOT_LOADED');
    expect(await failure(session.update({ note: 'x' }), 'ERR_STORE_UNAVAILABLE')).toBe(first);
  });

  it('serves after seal() without a renewal, since no token could reach the client', async () => {
    const env = setUp();
    const browser = await shopper(env);
    env.clock.advance('20m');
    const { session, visit } = browser.open(env.sessions);
    visit.seal();
    await session.load();
    expect(session.data).toEqual({ cart: ['coat'] });
    expect(env.types()).toEqual(['touched']);
    await session.update({ note: 'streamed' });
    expect(await browser.use(env.sessions, ({ data }) => data.note)).toBe('streamed');
  });

  it('emits no reissued event after seal()', async () => {
    const env = setUp();
    const browser = await shopper(env);
    env.clock.advance('20m');
    await browser.copy().use(env.sessions, () => {});
    env.events.length = 0;
    const { session, visit } = browser.open(env.sessions);
    visit.seal();
    await session.load();
    expect(env.types()).toEqual([]);
  });
});

describe('a passive visit', () => {
  it('does not extend the deadline, so polling keeps no session alive', async () => {
    const env = setUp();
    const browser = await shopper(env);
    for (let i = 0; i < 29; i += 1) {
      env.clock.advance('1m');
      const { session, respond } = await browser.load(env.sessions, {}, { passive: true });
      expect(session.data).toEqual({ cart: ['coat'] });
      respond();
    }
    expect(env.store.writes).toBe(0);
    expect(env.events).toEqual([]);
    env.clock.advance('1m');
    expect((await browser.load(env.sessions, {}, { passive: true })).session.ended).toEqual({
      reason: 'idle',
    });
  });

  it('neither renews, nor sends a token again, nor confirms', async () => {
    const env = setUp();
    const browser = await shopper(env);
    env.clock.advance('16m');
    expect((await browser.load(env.sessions, {}, { passive: true })).respond()).toEqual([]);
    const before = browser.copy();
    await browser.use(env.sessions, () => {});
    expect(browser.token).not.toBe(before.token);
    env.events.length = 0;
    env.store.forget();
    expect((await before.load(env.sessions, {}, { passive: true })).respond()).toEqual([]);
    expect((await browser.load(env.sessions, {}, { passive: true })).respond()).toEqual([]);
    expect(env.events).toEqual([]);
    expect(env.store.writes).toBe(0);
    // Not confirmed: the earlier token still brings the renewed one.
    await before.use(env.sessions, () => {});
    expect(before.token).toBe(browser.token);
  });

  it('writes what the app asks for', async () => {
    const env = setUp();
    const browser = await shopper(env);
    const { session } = await browser.load(env.sessions, {}, { passive: true });
    await session.update({ note: 'polled' });
    expect(await browser.use(env.sessions, ({ data }) => data.note)).toBe('polled');
  });

  it('gets no session at the first visit', async () => {
    const { sessions, store } = setUp({ grant: 'first-visit' });
    const { session, respond } = await new Browser().load(sessions, {}, { passive: true });
    expect(session.id).toBeUndefined();
    expect(setCookies(respond())).toEqual([]);
    expect(store.calls).toEqual([]);
  });
});

describe("grant: 'first-visit'", () => {
  it('creates a session during load, and the next visit has it', async () => {
    const env = setUp({ grant: 'first-visit' });
    const browser = new Browser();
    const first = await browser.use(env.sessions, ({ id, data }) => ({ id, data }));
    expect(first.id).toBeDefined();
    expect(first.data).toEqual({ cart: [] });
    expect(env.types()).toEqual(['granted']);
    expect(await browser.use(env.sessions, ({ id }) => id)).toBe(first.id);
    expect(env.types()).toEqual(['granted']);
  });

  it('sets the cookie even if the app never reads the session', async () => {
    const { sessions } = setUp({ grant: 'first-visit' });
    const { respond } = await new Browser().load(sessions);
    expect(respond().map(([name]) => name)).toEqual(['set-cookie', 'cache-control']);
  });

  it('replaces a session that ended and says why it ended', async () => {
    const env = setUp({ grant: 'first-visit' });
    const browser = new Browser();
    const first = await browser.use(env.sessions, ({ id }) => id);
    env.clock.advance('31m');
    const second = await browser.use(env.sessions, ({ id, ended }) => ({ id, ended }));
    expect(second.ended).toEqual({ reason: 'idle' });
    expect(second.id).toBeDefined();
    expect(second.id).not.toBe(first);
  });

  it('creates none if the store fails: the load rejects and no cookie is set', async () => {
    const { sessions, store } = setUp({ grant: 'first-visit' });
    store.before = () => 'reject';
    const { session, visit } = new Browser().open(sessions);
    await failure(session.load(), 'ERR_STORE_UNAVAILABLE');
    expect(setCookies(visit.seal())).toEqual([]);
  });

  it('creates none if the response is sealed before or during the load', async () => {
    const { sessions, store } = setUp({ grant: 'first-visit' });
    const { session, visit } = new Browser().open(sessions);
    visit.seal();
    await session.load();
    expect(session.id).toBeUndefined();
    const held = gate();
    store.before = ({ operation }) => (operation === 'write' ? held.wait() : undefined);
    const late = new Browser().open(sessions);
    const loading = late.session.load();
    await held.reached;
    late.visit.seal();
    held.open();
    await failure(loading, 'ERR_RESPONSE_SEALED');
    expect(store.size).toBe(0);
  });
});
