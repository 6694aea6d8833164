import { describe, expect, it } from 'vitest';
import { cookie } from '../../src/http/transports/cookie.ts';
import { bearer } from '../../src/http/transports/plain.ts';
import { decodeSession } from '../../src/records/record.ts';
import { Browser, SAFARI, setCookies } from '../support/browser.ts';
import { request } from '../support/request.ts';
import { type SetUp, setUp } from '../support/set-up.ts';
import { overwrite } from '../support/watched-store.ts';

const ELSEWHERE = '198.51.100.9';

/** One request that only loads. Returns the session's ID, or why there is none. */
const visit = (env: SetUp, browser: Browser, options?: { passive?: boolean }) =>
  browser.load(env.sessions, {}, options).then(({ session, respond }) => {
    respond();
    return session.id ?? session.ended?.reason;
  });

async function stateOf({ store }: SetUp, id: string) {
  const record = await store.inner.read(id);
  return record && decodeSession(record);
}

/** A signed-in browser whose token has just been renewed and confirmed, and its disk, which still has the token before. */
async function renewed(env: SetUp, renewAfter = 15 * 60_000) {
  const browser = new Browser();
  const id = await browser.use(env.sessions, async (session) => {
    await session.signIn('ada');
    return session.id ?? '';
  });
  env.clock.advance(renewAfter);
  const disk = browser.copy();
  await visit(env, browser);
  await visit(env, browser);
  expect(browser.token).not.toBe(disk.token);
  env.events.length = 0;
  env.store.forget();
  return { id, browser, disk, newer: browser.token };
}

describe('a browser that crashed before its cookies were on disk', () => {
  it('is served with the older cookie, and sent the newer one again', async () => {
    const env = setUp();
    const { id, disk, newer } = await renewed(env);
    env.clock.advance('20m');
    expect(await visit(env, disk)).toBe(id);
    expect(disk.token).toBe(newer);
    expect(env.types()).toEqual(['recovered']);
    env.clock.advance('20m');
    expect(await visit(env, disk)).toBe(id);
  });

  it('may write at once', async () => {
    const env = setUp();
    const { disk } = await renewed(env);
    env.clock.advance('20m');
    await disk.use(env.sessions, (session) => session.update(({ cart }) => cart.push('hat')));
    expect(await disk.use(env.sessions, ({ data }) => data.cart)).toEqual(['hat']);
  });

  it('is taken back where keys sign the tokens, though they were rotated meanwhile', async () => {
    const [old, fresh] = [
      'a key that signs what the shop gives out',
      'the key that came after it, much later',
    ];
    const env = setUp({ secrets: [old] });
    const { id, disk, newer } = await renewed(env);
    const rotated = setUp({ secrets: [fresh, old] }, env);
    env.clock.advance('20m');
    expect(await visit(rotated, disk)).toBe(id);
    expect(disk.token.slice(0, 65)).toBe(newer.slice(0, 65));
    expect(await visit(rotated, disk)).toBe(id);
  });

  it('is taken back with all its tabs at once', async () => {
    const env = setUp();
    const { id, disk, newer } = await renewed(env);
    env.clock.advance('20m');
    const tabs = Array.from({ length: 6 }, () => disk.copy());
    expect(await Promise.all(tabs.map((tab) => visit(env, tab)))).toEqual(tabs.map(() => id));
    expect(tabs.map(({ token }) => token)).toEqual(tabs.map(() => newer));
    expect(env.types().filter((type) => type === 'recovered')).toHaveLength(1);
  });

  it('loses nothing where the response is lost: the older token is served until the newer one is presented', async () => {
    const env = setUp();
    const { id, disk, newer } = await renewed(env);
    for (let tries = 0; tries < 3; tries += 1) {
      env.clock.advance('20m');
      await disk.copy().load(env.sessions);
    }
    expect(await visit(env, disk)).toBe(id);
    expect(disk.token).toBe(newer);
  });

  it('is taken back though another server writes at the same moment', async () => {
    const env = setUp();
    const { id, disk, newer } = await renewed(env);
    env.clock.advance('20m');
    let left = 1;
    env.store.before = async ({ operation }) => {
      if (operation === 'write' && left > 0) {
        left -= 1;
        await overwrite(env.store, id);
      }
      return undefined;
    };
    expect(await visit(env, disk)).toBe(id);
    expect(disk.token).toBe(newer);
  });

  it('is served by a passive request, which writes nothing and sends nothing', async () => {
    const env = setUp();
    const { id, disk, newer } = await renewed(env);
    env.clock.advance('20m');
    const older = disk.token;
    expect(await visit(env, disk, { passive: true })).toBe(id);
    expect(env.store.writes).toBe(0);
    expect(disk.token).toBe(older);
    expect(await visit(env, disk)).toBe(id);
    expect(disk.token).toBe(newer);
  });

  it('is taken back as long as the requests before the crash may still arrive', async () => {
    const env = setUp();
    const { id, browser, disk } = await renewed(env);
    env.clock.advance(89_999);
    await visit(env, browser);
    env.clock.advance('5m');
    expect(await visit(env, disk)).toBe(id);
  });

  it('is served in a request that loads its session minutes after the crash', async () => {
    const env = setUp();
    const { id, disk } = await renewed(env);
    env.clock.advance('20m');
    const slow = disk.copy().open(env.sessions);
    await visit(env, disk);
    await visit(env, disk);
    env.clock.advance('2m');
    await visit(env, disk);
    await slow.session.load();
    expect(slow.session.id).toBe(id);
  });

  it('gets the newer token on its disk before the next renewal begins', async () => {
    const env = setUp({ renewAfter: '1m' });
    const { id, disk, newer } = await renewed(env, 60_000);
    env.clock.advance(61_000);
    await visit(env, disk);
    await visit(env, disk);
    expect(disk.token).toBe(newer);
    env.clock.advance('30s');
    // Presented a minute and a half after the first confirmation: this is the one that counts.
    await visit(env, disk);
    expect(await stateOf(env, id)).toMatchObject({ recovery: { status: 'used' }, next: undefined });
    env.clock.advance(149_999);
    await visit(env, disk);
    expect(disk.token).toBe(newer);
    env.clock.advance(1);
    await visit(env, disk);
    expect(disk.token).not.toBe(newer);
  });

  it('costs no write of its own as long as none crashes', async () => {
    const env = setUp();
    const { browser, id } = await renewed(env);
    for (let left = 14 * 6; left > 0; left -= 1) {
      env.clock.advance('10s');
      await visit(env, browser);
    }
    expect(env.types()).toEqual(Array.from({ length: 14 }, () => 'touched'));
    expect(env.store.writes).toBe(14);
    expect((await stateOf(env, id))?.recovery).toBeUndefined();
  });
});

describe('the older token shows reuse', () => {
  it('the second time within one renewal', async () => {
    const env = setUp();
    const { id, disk, newer } = await renewed(env);
    const older = disk.copy();
    env.clock.advance('5m');
    await visit(env, disk);
    await visit(env, disk);
    env.clock.advance(60_000);
    expect(await visit(env, older.copy())).toBe(id);
    env.clock.advance(1);
    env.events.length = 0;
    expect(await visit(env, older)).toBe('retired');
    expect(env.events).toMatchObject([{ type: 'reused', ended: false }, { type: 'refused' }]);
    expect(disk.token).toBe(newer);
    expect(await visit(env, disk)).toBe(id);
  });

  it('once the newer one has been in use for longer than a cookie takes to disk', async () => {
    const env = setUp();
    const { id, browser, disk } = await renewed(env);
    env.clock.advance('90s');
    await visit(env, browser);
    expect(await visit(env, disk)).toBe('retired');
    expect(await visit(env, browser)).toBe(id);
  });

  it('and a passive use does not count as one', async () => {
    const env = setUp();
    const { id, browser, disk } = await renewed(env);
    env.clock.advance('5m');
    await visit(env, browser, { passive: true });
    expect(await visit(env, disk)).toBe(id);
  });

  it.for([
    ['another network', { ip: ELSEWHERE }],
    ['another browser', { userAgent: SAFARI }],
  ] as const)('from %s at any time, and ends the session for both', async ([, as]) => {
    for (const comesBackFirst of [false, true]) {
      const env = setUp();
      const { browser, disk } = await renewed(env);
      const thief = disk.copy(as);
      env.clock.advance('5m');
      if (comesBackFirst) await visit(env, disk);
      expect(await visit(env, thief)).toBe('retired');
      expect(env.events).toContainEqual(expect.objectContaining({ type: 'reused', ended: true }));
      expect(await visit(env, browser)).toBe('unknown');
    }
  });

  it('from another platform, without an end', async () => {
    const env = setUp();
    const { id, browser, disk } = await renewed(env);
    env.clock.advance('5m');
    const other = disk.copy({ userAgent: disk.userAgent.replace('X11; Linux x86_64', 'Windows NT 10.0') });
    expect(await visit(env, other)).toBe('retired');
    expect(await visit(env, browser)).toBe(id);
  });

  it('where the server does not know the address or the browser, without an end', async () => {
    for (const unknown of [{ ip: undefined }, { headers: { 'user-agent': '' } }]) {
      const env = setUp();
      const { id, browser, disk } = await renewed(env);
      env.clock.advance('5m');
      const { session } = await disk.load(env.sessions, unknown);
      expect(session.ended).toEqual({ reason: 'retired' });
      expect(await visit(env, browser)).toBe(id);
    }
  });

  it('two renewals back', async () => {
    const env = setUp();
    const { id, browser, disk } = await renewed(env);
    env.clock.advance('15m');
    await visit(env, browser);
    await visit(env, browser);
    env.clock.advance('5m');
    expect(await visit(env, disk)).toBe('retired');
    expect(await visit(env, browser)).toBe(id);
  });

  it('where it came by anything but a cookie', async () => {
    const env = setUp({ transports: [cookie(), bearer()] });
    const { disk } = await renewed(env);
    env.clock.advance('5m');
    const opened = env.sessions.open(
      request({ headers: { authorization: `Bearer ${disk.token}`, 'user-agent': disk.userAgent } }),
    );
    await opened.session.load();
    expect(opened.session.ended).toEqual({ reason: 'retired' });
  });

  it.for(['signIn', 'renew'] as const)(
    'is unknown after %s: what is dead by design stays dead',
    async (call) => {
      const env = setUp();
      const { browser, disk } = await renewed(env);
      const before = browser.copy();
      await browser.use(env.sessions, (session) =>
        call === 'renew' ? session.renew() : session.signIn('ada'),
      );
      env.clock.advance('5m');
      expect(await visit(env, before)).toBe('unknown');
      expect(await visit(env, disk)).toBe('unknown');
    },
  );

  it('is unknown after a sign-out', async () => {
    const env = setUp();
    const { browser, disk } = await renewed(env);
    const before = browser.copy();
    await browser.use(env.sessions, (session) => session.destroy());
    expect(await visit(env, before)).toBe('unknown');
    expect(await visit(env, disk)).toBe('unknown');
  });
});

describe('a browser that crashed right after a finish with keepUser', () => {
  const finish = (env: SetUp, browser: Browser) =>
    browser.use(env.sessions, async (session) => {
      await session.finish({ order: 7 }, { keepUser: true });
      return session.id ?? '';
    });

  it('finds the receipt, and is sent the token of the session that carries the user on', async () => {
    const env = setUp();
    const { id, browser } = await renewed(env);
    const disk = browser.copy();
    const successor = await finish(env, browser);
    expect(successor).not.toBe(id);
    await visit(env, browser);
    env.clock.advance('20m');
    const { session, respond } = await disk.load(env.sessions);
    respond();
    expect(session.id).toBe(successor);
    expect(session.userId).toBe('ada');
    expect(session.ended).toEqual({ reason: 'finished', receipt: { order: 7 } });
    expect(disk.token).toBe(browser.token);
    expect(env.types()).toContain('recovered');
    env.clock.advance('20m');
    expect(await visit(env, disk)).toBe(successor);
  });

  it('finds it with the token from before the last renewal too', async () => {
    for (const wait of ['5s', '20m'] as const) {
      const env = setUp();
      const { browser, disk } = await renewed(env);
      const successor = await finish(env, browser);
      env.clock.advance(wait);
      expect(await visit(env, disk)).toBe(successor);
      expect(disk.token).toBe(browser.token);
    }
  });

  it('finds it after a second finish too', async () => {
    const env = setUp();
    const { browser } = await renewed(env);
    const disk = browser.copy();
    await finish(env, browser);
    const successor = await finish(env, browser);
    env.clock.advance('20m');
    expect(await visit(env, disk)).toBe(successor);
    expect(disk.token).toBe(browser.token);
  });

  it('is taken back though another server writes at the same moment', async () => {
    const env = setUp();
    const { browser } = await renewed(env);
    const disk = browser.copy();
    const successor = await finish(env, browser);
    env.clock.advance('20m');
    let left = 1;
    env.store.before = async ({ operation }) => {
      if (operation === 'write' && left > 0) {
        left -= 1;
        await overwrite(env.store, successor);
      }
      return undefined;
    };
    expect(await visit(env, disk)).toBe(successor);
    expect(disk.token).toBe(browser.token);
  });

  it('finds the receipt alone from another network, the second time, or once the successor has been in use', async () => {
    for (const how of ['elsewhere', 'twice', 'used'] as const) {
      const env = setUp();
      const { browser } = await renewed(env);
      const disk = browser.copy(how === 'elsewhere' ? { ip: ELSEWHERE } : {});
      const older = disk.copy();
      const successor = await finish(env, browser);
      env.clock.advance('5m');
      if (how === 'used') await visit(env, browser);
      if (how === 'twice') {
        await visit(env, disk);
        await visit(env, disk);
        env.clock.advance('2m');
      }
      const { session, respond } = await older.load(env.sessions);
      expect(session.id).toBeUndefined();
      expect(session.ended).toEqual({ reason: 'finished', receipt: { order: 7 } });
      expect(setCookies(respond())).toEqual([]);
      expect(await visit(env, browser)).toBe(successor);
    }
  });
});

describe('two jars of one device', () => {
  it('both go on where the second comes back before the first has used the newer token for long', async () => {
    const env = setUp();
    const { id, browser, disk: jar } = await renewed(env);
    env.clock.advance('5m');
    for (const each of [jar, browser, jar, browser]) expect(await visit(env, each)).toBe(id);
    expect(jar.token).toBe(browser.token);
    env.clock.advance('15m');
    for (const each of [browser, browser, jar, jar]) expect(await visit(env, each)).toBe(id);
    expect(env.types()).not.toContain('reused');
  });

  it('go on with one of them where the second comes later: it is refused, and nothing ends', async () => {
    const env = setUp();
    const { id, browser, disk: jar } = await renewed(env);
    env.clock.advance('2m');
    await visit(env, browser);
    env.clock.advance('5m');
    expect(await visit(env, jar)).toBe('retired');
    expect(await visit(env, browser)).toBe(id);
    expect(env.events).toContainEqual(expect.objectContaining({ type: 'reused', ended: false }));
  });
});
