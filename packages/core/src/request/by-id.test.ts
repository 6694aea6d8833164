import { describe, expect, it } from 'vitest';
import { Browser } from '../../test/support/browser.ts';
import { failure, setUp } from '../../test/support/set-up.ts';

const UNKNOWN_ID = 'A'.repeat(22);

async function signedIn() {
  const env = setUp();
  const browser = new Browser();
  const id = await browser.use(env.sessions, async (session) => {
    await session.signIn('alice', { data: { note: 'ring twice' } });
    return session.id ?? '';
  });
  return { ...env, browser, id };
}

describe('inspect', () => {
  it('shows an administrator a session and writes nothing', async () => {
    const { sessions, store, id } = await signedIn();
    store.forget();
    const found = await sessions.inspect(id);
    expect(found).toMatchObject({ id, userId: 'alice', data: { cart: [], note: 'ring twice' } });
    expect(Object.isFrozen(found?.data.cart)).toBe(true);
    expect(store.writes).toBe(0);
  });

  it('returns undefined for an unknown or invalid ID and for an expired or finished session', async () => {
    const { sessions, clock, browser, id } = await signedIn();
    expect(await sessions.inspect(UNKNOWN_ID)).toBeUndefined();
    expect(await sessions.inspect('user:alice')).toBeUndefined();
    await browser.use(sessions, (session) => session.finish());
    expect(await sessions.inspect(id)).toBeUndefined();
    const other = await new Browser().use(sessions, async (session) => {
      await session.update({ note: 'x' });
      return session.id ?? '';
    });
    clock.advance('1d');
    expect(await sessions.inspect(other)).toBeUndefined();
  });
});

describe('end', () => {
  it('ends a session, removes it from its user’s list, and returns whether it was alive', async () => {
    const { sessions, browser, id, types } = await signedIn();
    expect(await sessions.end(id)).toBe(true);
    expect(await sessions.end(id)).toBe(false);
    expect(await sessions.list('alice')).toEqual([]);
    expect(await browser.use(sessions, (session) => session.ended?.reason)).toBe('revoked');
    expect(types()).toContain('revoked');
  });

  it('fails a concurrent write instead of reviving the session', async () => {
    const { sessions, browser, id } = await signedIn();
    const { session } = await browser.load(sessions);
    await sessions.end(id);
    await failure(session.update({ note: 'late' }), 'ERR_SESSION_ENDED');
    expect(await sessions.inspect(id)).toBeUndefined();
  });

  it('ends nothing for an invalid ID', async () => {
    expect(await setUp().sessions.end('user:alice')).toBe(false);
  });
});

describe('reserveId', () => {
  it('returns the ID of a session before its record exists', async () => {
    const { sessions, store } = setUp();
    const { visit, session } = await new Browser().load(sessions);
    const id = visit.reserveId();
    expect(visit.reserveId()).toBe(id);
    expect(store.writes).toBe(0);
    expect(session.id).toBeUndefined();
    await session.update({ note: 'x' });
    expect(session.id).toBe(id);
    expect(visit.reserveId()).toBe(id);
  });

  it('reserves another ID after the session has ended', async () => {
    const { sessions } = setUp();
    const { visit, session } = await new Browser().load(sessions);
    await session.update({ note: 'x' });
    const { id } = session;
    expect(visit.reserveId()).toBe(id);
    await session.destroy();
    const next = visit.reserveId();
    expect(next).not.toBe(id);
    await session.signIn('alice');
    expect(session.id).toBe(next);
  });
});
