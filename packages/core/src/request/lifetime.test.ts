import { describe, expect, it } from 'vitest';
import { Browser } from '../../test/support/browser.ts';
import { failure, type SetUp, type SetUpOptions, setUp } from '../../test/support/set-up.ts';
import { cookie } from '../http/transports/cookie.ts';
import { decodeSession } from '../records/record.ts';
import type { SignInOptions } from '../session/session-types.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

type Lifetime = Pick<SignInOptions<never>, 'remember' | 'idleTimeout' | 'absoluteTimeout'>;

async function signedIn(how: Lifetime, options: SetUpOptions = {}) {
  const env = setUp(options);
  const browser = new Browser();
  const id = await browser.use(env.sessions, async (session) => {
    await session.signIn('alice', how);
    return session.id ?? '';
  });
  return { env, browser, id };
}

/** How long the session has, as a request sees it that uses it. */
const left = ({ sessions, clock }: SetUp, browser: Browser) =>
  browser.use(sessions, ({ expiresAt }) => expiresAt && expiresAt.getTime() - clock.now());

describe('signIn with a lifetime of its own', () => {
  it('ends an admin’s session after its own idle timeout, however often it was touched before', async () => {
    const { env, browser } = await signedIn({ idleTimeout: '5m' });
    for (let i = 0; i < 5; i += 1) {
      env.clock.advance('4m');
      expect(await left(env, browser)).toBe(5 * MINUTE);
    }
    env.clock.advance('5m');
    expect(await browser.use(env.sessions, ({ ended }) => ended)).toEqual({ reason: 'idle' });
  });

  it('counts from each update and renew() too', async () => {
    const { env, browser } = await signedIn({ idleTimeout: '2h' });
    env.clock.advance('1h');
    await browser.use(env.sessions, (session) => session.update({ note: 'x' }));
    expect(await left(env, browser)).toBe(2 * HOUR);
    env.clock.advance('1h');
    await browser.use(env.sessions, (session) => session.renew());
    expect(await left(env, browser)).toBe(2 * HOUR);
  });

  it('keeps a kiosk’s session longer than the options say, up to its own absolute timeout', async () => {
    const { env, browser } = await signedIn({ idleTimeout: false, absoluteTimeout: '30d' });
    env.clock.advance('29d');
    expect(await left(env, browser)).toBe(DAY);
    env.clock.advance('1d');
    expect(await browser.use(env.sessions, ({ ended }) => ended)).toEqual({ reason: 'absolute' });
  });

  it('with an absolute timeout alone, leaves the idle timeout to the options, at most as long', async () => {
    const short = await signedIn({ absoluteTimeout: '10m' });
    expect(await left(short.env, short.browser)).toBe(10 * MINUTE);
    const long = await signedIn({ absoluteTimeout: '20h' });
    expect(await left(long.env, long.browser)).toBe(30 * MINUTE);
    const remembered = await signedIn({ absoluteTimeout: '20d', remember: true });
    expect(await left(remembered.env, remembered.browser)).toBe(14 * DAY);
  });

  it('is kept at most 400 days', async () => {
    const { env, browser } = await signedIn({ idleTimeout: false, absoluteTimeout: false });
    expect(await left(env, browser)).toBe(400 * DAY);
  });

  it('gives the cookie of a remembered sign-in the lifetime of the session', async () => {
    const { sessions } = setUp();
    const { session, visit } = await new Browser().load(sessions);
    await session.signIn('alice', { remember: true, idleTimeout: '1d', absoluteTimeout: '7d' });
    const line = visit.seal().find(([name]) => name === 'set-cookie')?.[1];
    expect(line).toContain(`Max-Age=${(7 * DAY) / 1000};`);
  });

  it('applies from the sign-in on to the session of a visitor', async () => {
    const env = setUp();
    const browser = new Browser();
    await browser.use(env.sessions, (session) => session.update({ cart: ['coat'] }));
    await browser.use(env.sessions, (session) => session.signIn('alice', { idleTimeout: '3m' }));
    env.clock.advance('1m');
    expect(await left(env, browser)).toBe(3 * MINUTE);
  });

  it('is kept by a finish with keepUser, and the absolute deadline too', async () => {
    const { env, browser } = await signedIn({ idleTimeout: '5m', absoluteTimeout: '1h' });
    env.clock.advance('4m');
    await browser.use(env.sessions, (session) => session.finish(undefined, { keepUser: true }));
    env.clock.advance('4m');
    expect(await left(env, browser)).toBe(5 * MINUTE);
    for (let i = 0; i < 13; i += 1) {
      env.clock.advance('4m');
      await left(env, browser);
    }
    expect(env.types()).toContain('expired');
    expect(await browser.use(env.sessions, ({ id }) => id)).toBeUndefined();
  });

  it('is kept by revokeUser with except', async () => {
    const { env, browser, id } = await signedIn({ idleTimeout: '5m' });
    await env.sessions.revokeUser('alice', { except: id });
    env.clock.advance('4m');
    expect(await left(env, browser)).toBe(5 * MINUTE);
  });

  it('ends with the next sign-in, which has the timeouts of the options', async () => {
    const { env, browser } = await signedIn({ idleTimeout: '5m', absoluteTimeout: '1h' });
    await browser.use(env.sessions, (session) => session.signIn('alice'));
    expect(await left(env, browser)).toBe(30 * MINUTE);
    env.clock.advance('29m');
    expect(await left(env, browser)).toBe(30 * MINUTE);
  });

  it('leaves the other sessions of the user as they are', async () => {
    const { env } = await signedIn({ idleTimeout: '5m' });
    const other = new Browser();
    await other.use(env.sessions, (session) => session.signIn('alice'));
    expect(await left(env, other)).toBe(30 * MINUTE);
  });
});

describe('a rolling deployment', () => {
  it('serves the session on a server without these options: what it knows of the record is as before', async () => {
    const own = await signedIn({ idleTimeout: '5m' });
    const plain = await signedIn({});
    const headerOf = async ({ env, id }: typeof own): Promise<unknown[]> =>
      JSON.parse((await env.store.read(id))?.body.split('\n', 1)[0] ?? '');
    const [ownHeader, plainHeader] = [await headerOf(own), await headerOf(plain)];
    expect(ownHeader[0]).toBe(plainHeader[0]);
    expect(ownHeader.length).toBe(plainHeader.length);
    const { t, ...known } = ownHeader.at(-1) as Record<string, unknown>;
    expect(t).toBe(5 * MINUTE);
    expect(Object.keys(known)).toEqual(Object.keys(plainHeader.at(-1) ?? {}));
    expect((known['u'] as unknown[]).length).toBe(4);
  });

  it('goes on with the timeouts of the options once such a server has written the record', async () => {
    const { env, browser, id } = await signedIn({ idleTimeout: '5m', absoluteTimeout: '1h' });
    const record = await env.store.read(id);
    if (record === undefined) throw new Error('There is no record.');
    const body = record.body.replace(/"t":300000,?/, '').replace(',}', '}');
    await env.store.inner.compareAndSet(id, record.version, { ...record, version: record.version + 1, body });
    env.clock.advance('4m');
    expect(await left(env, browser)).toBe(30 * MINUTE);
    env.clock.advance('29m');
    await left(env, browser);
    env.clock.advance('26m');
    // The absolute deadline is in every record.
    expect(await left(env, browser)).toBe(MINUTE);
  });

  it.for(['-1', '"5m"', '1e999', 'null'])(
    'takes a record whose idle timeout is %s for corrupt',
    async (value) => {
      const { env, id } = await signedIn({ idleTimeout: '5m' });
      const record = await env.store.read(id);
      if (record === undefined) throw new Error('There is no record.');
      const altered = { ...record, body: record.body.replace('"t":300000', `"t":${value}`) };
      expect(altered.body).not.toBe(record.body);
      expect(decodeSession(altered)).toBeUndefined();
    },
  );
});

describe('an invalid lifetime is ERR_CONFIG, and nothing is written', () => {
  it.for<[string, string]>([
    ['{"idleTimeout":"soon"}', 'signIn option idleTimeout must be a duration above zero'],
    ['{"idleTimeout":0}', 'signIn option idleTimeout'],
    ['{"absoluteTimeout":-5}', 'signIn option absoluteTimeout'],
    ['{"idleTimeout":"2h","absoluteTimeout":"1h"}', 'at least as long as signIn option idleTimeout'],
    ['{"idleTimeout":"13h"}', 'at least as long as signIn option idleTimeout'],
    ['{"idletimeout":"5m"}', "received 'idletimeout'"],
  ])('%s', async ([options, message]) => {
    const env = setUp();
    const { session } = await new Browser().load(env.sessions);
    expect((await failure(session.signIn('alice', JSON.parse(options)), 'ERR_CONFIG')).message).toContain(
      message,
    );
    expect(env.store.size).toBe(0);
  });

  it('so is one that outlives the cookie', async () => {
    const env = setUp({ transports: [cookie({ maxAge: '2h' })] });
    const { session } = await new Browser().load(env.sessions);
    await failure(session.signIn('alice', { idleTimeout: '3h' }), 'ERR_CONFIG');
    await session.signIn('alice', { idleTimeout: '3h', remember: true });
  });
});
