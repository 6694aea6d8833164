import { describe, expect, it } from 'vitest';
import { Browser } from '../support/browser.ts';
import { failure, type SetUp, setUp } from '../support/set-up.ts';
import type { Fault } from '../support/watched-store.ts';

const SECRET_NOTE = 'the parcel is behind the shed';

async function signedIn({ sessions }: SetUp, user = 'alice'): Promise<{ browser: Browser; id: string }> {
  const browser = new Browser();
  const id = await browser.use(sessions, async (session) => {
    await session.signIn(user, { data: { note: SECRET_NOTE } });
    return session.id ?? '';
  });
  return { browser, id };
}

const endedFor = ({ sessions }: SetUp, browser: Browser) => browser.use(sessions, ({ ended }) => ended);

const WAYS: Readonly<Record<string, (env: SetUp, id: string) => Promise<unknown>>> = {
  revoke: ({ sessions }, id) => sessions.revoke('alice', id),
  revokeUser: ({ sessions }) => sessions.revokeUser('alice'),
  end: ({ sessions }, id) => sessions.end(id),
  'the limit of sessions': (env) => signedIn(env),
};

describe.for(Object.entries(WAYS))('a session that was ended by %s', ([how, end]) => {
  const isLimit = how === 'the limit of sessions';
  const start = () => setUp({ perUser: { max: isLimit ? 1 : 100 } });

  it('tells its own visitor that it was revoked, on each device that has the token', async () => {
    const env = start();
    const { browser, id } = await signedIn(env);
    const copy = browser.copy();
    await end(env, id);
    expect(await endedFor(env, browser)).toEqual({ reason: 'revoked' });
    expect(await endedFor(env, copy)).toEqual({ reason: 'revoked' });
  });

  it('tells nobody who has only its ID', async () => {
    const env = start();
    const { browser, id } = await signedIn(env);
    const guesser = browser.copy();
    guesser.cookie = guesser.cookie?.replace(guesser.token, id + 'A'.repeat(43));
    await end(env, id);
    expect(await endedFor(env, guesser)).toEqual({ reason: 'unknown' });
  });

  it('leaves neither data nor user in the store', async () => {
    const env = start();
    const { id } = await signedIn(env);
    await end(env, id);
    const record = await env.store.read(id);
    expect(record?.body).toBeDefined();
    expect(record?.body).not.toContain(SECRET_NOTE);
    expect(record?.body).not.toContain('alice');
    expect(record?.body).not.toMatch(/Firefox|Linux|\d+\.\d+\.\d+/);
  });

  it('is in no list, and cannot be written, revived or ended again', async () => {
    const env = start();
    const { browser, id } = await signedIn(env);
    const slow = await browser.copy().load(env.sessions);
    await end(env, id);
    await failure(slow.session.update({ note: 'late' }), 'ERR_SESSION_ENDED');
    await failure(slow.session.signIn('alice'), 'ERR_SESSION_ENDED');
    await failure(slow.session.renew(), 'ERR_SESSION_ENDED');
    expect(await env.sessions.inspect(id)).toBeUndefined();
    expect(await env.sessions.end(id)).toBe(false);
    expect(await env.sessions.revoke('alice', id)).toBe(false);
    expect((await env.sessions.list('alice')).map((each) => each.id)).not.toContain(id);
    expect(await endedFor(env, browser)).toEqual({ reason: 'revoked' });
  });

  it('is told until the deadline that it had, which no look extends', async () => {
    const env = start();
    const { browser, id } = await signedIn(env);
    const copy = browser.copy();
    const before = await env.store.read(id);
    await end(env, id);
    expect((await env.store.read(id))?.expiresAt).toBe(before?.expiresAt);
    env.clock.advance('29m');
    expect(await endedFor(env, browser)).toEqual({ reason: 'revoked' });
    env.clock.advance('1m');
    expect(await endedFor(env, copy)).toEqual({ reason: 'unknown' });
    expect(await env.store.read(id)).toBeUndefined();
  });

  it('is told for a day at most, and after the limit for an hour', async () => {
    const env = setUp({ idleTimeout: '7d', absoluteTimeout: '30d', perUser: { max: isLimit ? 1 : 100 } });
    const { id } = await signedIn(env);
    const at = env.clock.now();
    await end(env, id);
    expect((await env.store.read(id))?.expiresAt).toBe(at + (isLimit ? 1 : 24) * 3_600_000);
  });

  it('is ended although the store refuses every write but a deletion, as a full Redis does', async () => {
    const env = start();
    const { browser, id } = await signedIn(env);
    env.store.before = ({ operation, key }) => (operation === 'write' && key === id ? 'reject' : undefined);
    await end(env, id);
    env.store.before = () => undefined;
    expect(await endedFor(env, browser)).toEqual({ reason: 'unknown' });
    expect(env.types().filter((type) => type === 'revoked')).toHaveLength(1);
  });

  it('counts as ended by the call whose write arrived, although the store failed until later', async () => {
    const env = start();
    const { browser, id } = await signedIn(env);
    const faults: Fault[] = ['apply-reject', 'reject'];
    env.store.before = ({ key, operation }) =>
      key === id && (operation === 'write' || faults.length === 1) ? faults.shift() : undefined;
    expect([false, 0]).not.toContain(await end(env, id));
    expect(faults).toEqual([]);
    expect(await endedFor(env, browser)).toEqual({ reason: 'revoked' });
    expect(env.types().filter((type) => type === 'revoked')).toHaveLength(1);
  });

  it('has its cookie cleared by destroy(), so that the visitor is told no longer', async () => {
    const env = start();
    const { browser, id } = await signedIn(env);
    await end(env, id);
    await browser.use(env.sessions, (session) => session.destroy());
    expect(browser.cookie).toBeUndefined();
  });

  it('lets the visitor begin anew', async () => {
    const env = start();
    const { browser, id } = await signedIn(env);
    await end(env, id);
    const next = await browser.use(env.sessions, async (session) => {
      await session.update({ cart: ['coat'] });
      return session.id;
    });
    expect(next).not.toBe(id);
    expect(await browser.use(env.sessions, ({ data }) => data)).toEqual({ cart: ['coat'] });
  });
});

it('another user’s sign-in in the same browser deletes the record, since its visitor knows', async () => {
  const env = setUp();
  const { browser, id } = await signedIn(env);
  await browser.use(env.sessions, (session) => session.signIn('bob'));
  expect(await env.store.read(id)).toBeUndefined();
});

it('a write is not lost to a revocation without a word', async () => {
  const env = setUp();
  const { browser, id } = await signedIn(env);
  const slow = await browser.load(env.sessions);
  const [write] = await Promise.allSettled([
    slow.session.update({ note: 'at once' }),
    env.sessions.revoke('alice', id),
  ]);
  if (write.status === 'rejected') expect(write.reason).toMatchObject({ code: 'ERR_SESSION_ENDED' });
  expect(await endedFor(env, browser)).toEqual({ reason: 'revoked' });
});
