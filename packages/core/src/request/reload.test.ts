import { describe, expect, it } from 'vitest';
import { Browser } from '../../test/support/browser.ts';
import { failure, setUp, thrown } from '../../test/support/set-up.ts';
import { gate } from '../../test/support/watched-store.ts';

/** A long request of a signed-in visitor, and the browser, which goes on meanwhile. */
async function longRequest() {
  const env = setUp();
  const browser = new Browser();
  await browser.use(env.sessions, (session) => session.signIn('alice', { data: { cart: ['coat'] } }));
  const { session, visit } = await browser.load(env.sessions);
  env.store.forget();
  return { env, browser, session, visit };
}

describe('reload', () => {
  it('reads what other requests wrote meanwhile, with one read and no write', async () => {
    const { env, browser, session } = await longRequest();
    const before = session.data;
    await browser.use(env.sessions, (other) => other.update({ cart: ['hat'], note: 'x' }));
    expect(session.data).toBe(before);
    env.store.forget();
    expect(await session.reload()).toBe(true);
    expect(session.data).toEqual({ cart: ['hat'], note: 'x' });
    expect(before).toEqual({ cart: ['coat'] });
    expect(env.store.calls.map(({ operation }) => operation)).toEqual(['read']);
  });

  it('shows a later deadline, and is no use of the session itself', async () => {
    const { env, browser, session } = await longRequest();
    env.clock.advance('20m');
    await browser.use(env.sessions, () => {});
    await session.reload();
    expect(session.expiresAt?.getTime()).toBe(env.clock.now() + 30 * 60_000);
    env.clock.advance('20m');
    await session.reload();
    expect(session.expiresAt?.getTime()).toBe(env.clock.now() + 10 * 60_000);
  });

  it('works after the response has begun, and sends no token', async () => {
    const { env, browser, session, visit } = await longRequest();
    visit.seal();
    await browser.use(env.sessions, (other) => other.update({ cart: ['hat'] }));
    expect(await session.reload()).toBe(true);
    expect(session.data.cart).toEqual(['hat']);
    expect(visit.seal()).toEqual([]);
    await session.update((data) => data.cart.push('scarf'));
    expect(session.data.cart).toEqual(['hat', 'scarf']);
  });

  it('goes on across timed renewals, whose grace the request has outlived', async () => {
    const { env, browser, session, visit } = await longRequest();
    visit.seal();
    for (let i = 0; i < 6; i += 1) {
      env.clock.advance('16m');
      await browser.use(env.sessions, () => {});
    }
    expect(env.types().filter((type) => type === 'confirmed').length).toBeGreaterThan(1);
    expect(await session.reload()).toBe(true);
    expect(await browser.use(env.sessions, ({ userId }) => userId)).toBe('alice');
    expect(env.types()).not.toContain('reused');
  });

  it.for<
    [string, (browser: Browser, env: Awaited<ReturnType<typeof longRequest>>['env']) => unknown, string]
  >([
    ['signed out', (browser, { sessions }) => browser.use(sessions, (other) => other.destroy()), 'unknown'],
    [
      'renewed by a call',
      (browser, { sessions }) => browser.use(sessions, (other) => other.renew()),
      'unknown',
    ],
    [
      'signed in again',
      (browser, { sessions }) => browser.use(sessions, (other) => other.signIn('alice')),
      'unknown',
    ],
    ['idle for too long', (_browser, { clock }) => clock.advance('30m'), 'idle'],
  ])('leaves the request without a session once that is %s', async ([, end, reason]) => {
    const { env, browser, session } = await longRequest();
    await end(browser, env);
    expect(await session.reload()).toBe(false);
    expect(session.ended).toEqual({ reason });
    expect([session.id, session.userId, session.data]).toEqual([undefined, undefined, { cart: [] }]);
    expect(await session.reload()).toBe(false);
  });

  it('tells of revocations by which an administrator ends the session', async () => {
    const { env, session } = await longRequest();
    await env.sessions.revokeUser('alice');
    expect(await session.reload()).toBe(false);
    expect(session.userId).toBeUndefined();
    expect(session.ended).toEqual({ reason: 'revoked' });
  });

  it('brings the receipt of a finish, but not to a request whose secret was replaced before', async () => {
    const { env, browser, session } = await longRequest();
    const early = (await browser.load(env.sessions)).session;
    await browser.use(env.sessions, (other) => other.renew());
    const late = (await browser.load(env.sessions)).session;
    await browser.use(env.sessions, (other) => other.finish({ order: 7 }, { keepUser: true }));
    expect(await late.reload()).toBe(false);
    expect(late.ended).toEqual({ reason: 'finished', receipt: { order: 7 } });
    for (const each of [early, session]) {
      expect(await each.reload()).toBe(false);
      expect(each.ended).toEqual({ reason: 'unknown' });
    }
  });

  it('goes on after a renew() or signIn() of the request itself', async () => {
    const { session } = await longRequest();
    await session.renew();
    expect(await session.reload()).toBe(true);
    await session.signIn('alice');
    expect(await session.reload()).toBe(true);
    expect(session.userId).toBe('alice');
  });

  it('does nothing without a session', async () => {
    const env = setUp();
    const { session } = await new Browser().load(env.sessions);
    expect(await session.reload()).toBe(false);
    expect(session.ended).toBeUndefined();
    expect(env.store.calls).toEqual([]);
  });

  it('never shows less than an update of the same request that was faster', async () => {
    const { env, session } = await longRequest();
    const { read } = env.store;
    const held = gate();
    Object.assign(env.store, {
      read: async (key: string) => {
        const record = await read(key);
        await held.wait();
        return record;
      },
    });
    const writing = gate();
    env.store.before = ({ operation }) => (operation === 'write' ? writing.wait() : undefined);
    const updating = session.update({ note: 'mine' });
    await writing.reached;
    const reloading = session.reload();
    await held.reached;
    writing.open();
    await updating;
    held.open();
    expect(await reloading).toBe(true);
    expect(session.data.note).toBe('mine');
  });

  it('keeps the session as it was if the store fails', async () => {
    const { env, session } = await longRequest();
    env.store.before = () => 'reject';
    await failure(session.reload(), 'ERR_STORE_UNAVAILABLE');
    expect(session.userId).toBe('alice');
    expect(env.types()).toContain('call-failed');
  });

  it('says that a record cannot be read', async () => {
    const { env, session } = await longRequest();
    const record = await env.store.read(session.id ?? '');
    if (record === undefined || session.id === undefined) throw new Error('There is no record.');
    const corrupt = { ...record, version: record.version + 1, body: '[2]\n' };
    await env.store.inner.compareAndSet(session.id, record.version, corrupt);
    expect(await session.reload()).toBe(false);
    expect(session.ended).toEqual({ reason: 'unreadable' });
  });

  it('takes no callback, and waits for the load', async () => {
    const { env, browser } = await longRequest();
    const { session } = browser.open(env.sessions);
    expect(await session.reload()).toBe(true);
    expect(() => Reflect.apply(session.reload, session, [() => {}])).toThrow('takes no callback');
    const unloaded = browser.open(env.sessions).session;
    thrown(() => unloaded.data, 'ERR_SESSION_NOT_LOADED');
  });
});
