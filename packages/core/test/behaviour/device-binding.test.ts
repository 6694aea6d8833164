import { describe, expect, it } from 'vitest';
import { cookie } from '../../src/http/transports/cookie.ts';
import { bearer } from '../../src/http/transports/plain.ts';
import { type DeviceBindingOptions, deviceBinding } from '../../src/request/device-binding/index.ts';
import { BOUND, BoundBrowser, PATH, TOKEN } from '../support/bound-browser.ts';
import { setCookies } from '../support/browser.ts';
import { deviceKey } from '../support/device-key.ts';
import { failure, type SetUp, type SetUpOptions, setUp, thrown } from '../support/set-up.ts';

function start(options: DeviceBindingOptions = {}, others: SetUpOptions = {}, shared?: SetUp): SetUp {
  return setUp({ deviceBinding: deviceBinding(options), ...others }, shared);
}

const chromium = () => new BoundBrowser(deviceKey);

/** Signs in, registers, and makes the request that binds. */
async function bound(env: SetUp): Promise<BoundBrowser> {
  const browser = chromium();
  await browser.bind(env.sessions);
  expect(await browser.use(env.sessions, (session) => session.isBound())).toBe(true);
  return browser;
}

const look = (env: SetUp, browser: BoundBrowser) =>
  browser.use(env.sessions, ({ userId, ended }) => userId ?? ended?.reason);

/** Lets the bound cookie and its grace pass in browser and server. */
function outlive(env: SetUp, ...browsers: readonly BoundBrowser[]): void {
  env.clock.advance('12m');
  for (const browser of browsers) browser.cookies.delete(BOUND);
}

describe('a sign-in', () => {
  it('offers a binding beside its token, and to nobody else', async () => {
    const env = start();
    const browser = chromium();
    await browser.use(env.sessions, (session) => session.update({ note: 'anonymous' }));
    expect(browser.offer).toBeUndefined();
    const visit = env.sessions.open(browser.request());
    await visit.session.load();
    await visit.session.signIn('alice');
    const offer = visit.seal().find(([name]) => name === 'secure-session-registration');
    expect(offer?.[1]).toMatch(/^\(ES256 RS256\);path="\/session\/device";challenge="[\w-]{22}\.[\w-]{22}"$/);
  });

  it('leaves a browser without such keys signed in and unbound', async () => {
    const env = start();
    const browser = chromium();
    await browser.use(env.sessions, (session) => session.signIn('alice'));
    env.clock.advance('29m');
    expect(await browser.use(env.sessions, (session) => [session.userId, session.isBound()])).toEqual([
      'alice',
      false,
    ]);
    expect(await env.sessions.list('alice')).toMatchObject([{ bound: false }]);
  });

  it('binds only where it is asked to, with signIns: asked', async () => {
    const env = start({ signIns: 'asked' });
    const browser = chromium();
    await browser.use(env.sessions, (session) => session.signIn('alice'));
    expect(browser.offer).toBeUndefined();
    await browser.use(env.sessions, (session) => session.signIn('alice', { bind: true }));
    expect(browser.offer).toBeDefined();
    await browser.use(env.sessions, (session) => session.signIn('alice', { bind: false }));
    expect((await browser.register(env.sessions)).status).toBe(403);
  });

  it('refuses to bind without the option', async () => {
    const env = setUp();
    const browser = chromium();
    await browser.use(env.sessions, (session) =>
      failure(session.signIn('alice', { bind: true }), 'ERR_CONFIG'),
    );
  });

  it('of the same user keeps the binding, and one of another user begins without', async () => {
    const env = start();
    const browser = await bound(env);
    await browser.use(env.sessions, (session) => session.signIn('alice'));
    expect(browser.offer).toBeUndefined();
    expect(await browser.use(env.sessions, (session) => session.isBound())).toBe(true);
    await browser.use(env.sessions, (session) => session.signIn('bob'));
    expect(browser.offer).toBeDefined();
    expect(await browser.use(env.sessions, (session) => [session.userId, session.isBound()])).toEqual([
      'bob',
      false,
    ]);
  });

  it('through a header offers nothing, since no browser sends that by itself', async () => {
    const env = start({}, { transports: [cookie(), bearer()] });
    const visit = env.sessions.open(
      chromium().request({ headers: { authorization: `Bearer ${'A'.repeat(65)}` } }),
    );
    await visit.session.load();
    await visit.session.signIn('alice');
    expect(visit.seal().map(([name]) => name)).not.toContain('secure-session-registration');
  });
});

describe('a registration', () => {
  it('sets a cookie with exactly the attributes that it announces', async () => {
    const env = start({}, { transports: [cookie({ sameSite: 'strict', priority: 'high', maxAge: '2h' })] });
    const browser = chromium();
    await browser.use(env.sessions, (session) => session.signIn('alice'));
    const { status, headers, body } = await browser.register(env.sessions);
    expect(status).toBe(200);
    const [line = ''] = setCookies(headers);
    const attributes = 'Path=/; HttpOnly; Secure; SameSite=Strict';
    expect(line).toMatch(/^__Host-session-device=[\w-]{43}; Max-Age=600; /);
    expect(line.split('; ').slice(2).join('; ')).toBe(attributes);
    expect(JSON.parse(body)).toEqual({
      session_identifier: expect.stringMatching(/^[\w-]{22}\.[\w-]{22}$/),
      refresh_url: PATH,
      scope: { include_site: false },
      credentials: [{ type: 'cookie', name: BOUND, attributes }],
      allowed_refresh_initiators: ['*'],
    });
  });

  it('binds once the browser has shown that it got the cookie, and not before', async () => {
    const env = start();
    const browser = chromium();
    await browser.use(env.sessions, (session) => session.signIn('alice'));
    await browser.register(env.sessions, true);
    outlive(env);
    expect(await look(env, browser)).toBe('alice');
    expect(env.types()).toContain('device-registered');
    expect(env.types()).not.toContain('device-bound');
  });

  it('that was lost is offered again with the next renewal, and can still succeed', async () => {
    const env = start();
    const browser = chromium();
    await browser.use(env.sessions, (session) => session.signIn('alice'));
    await browser.register(env.sessions, true);
    env.clock.advance('16m');
    await look(env, browser);
    expect(browser.offer).toBeDefined();
    expect((await browser.register(env.sessions)).status).toBe(200);
    expect(await browser.use(env.sessions, (session) => session.isBound())).toBe(true);
  });

  it('is accepted once for each offer', async () => {
    const env = start();
    const browser = chromium();
    await browser.use(env.sessions, (session) => session.signIn('alice'));
    const { offer } = browser;
    await browser.register(env.sessions);
    const second = browser.stolen();
    second.offer = offer;
    expect((await second.register(env.sessions)).status).toBe(403);
    expect(await browser.use(env.sessions, (session) => session.isBound())).toBe(true);
  });

  it('cannot replace the key of a bound session', async () => {
    const env = start();
    const browser = await bound(env);
    const thief = browser.stolen();
    thief.offer = browser.binding?.challenge;
    env.store.forget();
    expect((await thief.register(env.sessions)).status).toBe(403);
    expect(env.store.writes).toBe(0);
  });

  it('works with RS256 too', async () => {
    const env = start();
    const browser = new BoundBrowser(() => deviceKey('RS256'));
    await browser.bind(env.sessions);
    await look(env, browser);
    outlive(env, browser);
    expect((await browser.refresh(env.sessions))?.status).toBe(200);
    expect(await look(env, browser)).toBe('alice');
  });
});

describe('a bound session', () => {
  it('goes on for its owner, who refreshes, while a copy of its cookies is refused after their lifetime', async () => {
    const env = start();
    const browser = await bound(env);
    const thief = browser.stolen();
    for (let i = 0; i < 5; i += 1) {
      outlive(env, browser);
      expect((await browser.refresh(env.sessions))?.status).toBe(200);
      expect(await look(env, browser)).toBe('alice');
      expect(await look(env, thief)).toBe('unbound');
    }
    expect(await env.sessions.list('alice')).toMatchObject([{ bound: true }]);
  });

  it('refuses its token without the bound cookie at once, from the same client too, and tells of it', async () => {
    const env = start();
    const browser = await bound(env);
    env.clock.advance('2m');
    const { ended, id, hasBody } = await browser.stolen(BOUND).use(env.sessions, (session) => ({
      ended: session.ended,
      id: session.id,
      hasBody: session.data.cart.length > 0,
    }));
    expect({ ended, id, hasBody }).toEqual({ ended: { reason: 'unbound' }, id: undefined, hasBody: false });
    const [own] = await env.sessions.list('alice');
    expect(env.events.at(-1)).toMatchObject({
      type: 'refused',
      reason: 'unbound',
      sessionId: own?.id,
      userId: 'alice',
    });
    expect(await look(env, browser)).toBe('alice');
  });

  it('refuses its token in a header', async () => {
    const env = start({}, { transports: [cookie(), bearer()] });
    const browser = await bound(env);
    env.clock.advance('2m');
    const headers = { authorization: `Bearer ${browser.cookies.get(TOKEN)}` };
    const thief = new BoundBrowser(deviceKey);
    expect(await thief.use(env.sessions, ({ ended }) => ended?.reason, { headers })).toBe('unbound');
  });

  it('serves the requests that set out before it was bound', async () => {
    const env = start();
    const browser = await bound(env);
    const early = browser.stolen(BOUND);
    env.clock.advance('59s');
    expect(await look(env, early)).toBe('alice');
    env.clock.advance('2s');
    expect(await look(env, early)).toBe('unbound');
  });

  it('accepts the cookie before beside the new one, as two tabs need', async () => {
    const env = start();
    const browser = await bound(env);
    const tab = browser.stolen();
    env.clock.advance('8m');
    await browser.refresh(env.sessions);
    expect(await look(env, browser)).toBe('alice');
    expect(await look(env, tab)).toBe('alice');
  });

  it('stays bound over renew() and finish() with keepUser', async () => {
    const env = start();
    const browser = await bound(env);
    const thieves = [browser.stolen(BOUND)];
    await browser.use(env.sessions, (session) => session.renew());
    thieves.push(browser.stolen(BOUND));
    await browser.use(env.sessions, (session) => session.finish(null, { keepUser: true }));
    thieves.push(browser.stolen(BOUND));
    outlive(env, browser);
    await browser.refresh(env.sessions);
    env.clock.advance('9m');
    for (let i = 0; i < 2; i += 1) expect(await look(env, browser)).toBe('alice');
    for (const thief of thieves) expect(await look(env, thief)).not.toBe('alice');
    expect(await browser.use(env.sessions, (session) => session.isBound())).toBe(true);
  });

  it('keeps a refresh beside finish() with keepUser', async () => {
    const env = start();
    const browser = await bound(env);
    env.clock.advance('9m');
    let hasRefreshed = false;
    const tab = browser.stolen();
    tab.binding = browser.binding;
    env.store.before = async ({ operation, next }) => {
      // The successor is written, and the session is not finished yet.
      if (operation !== 'write' || hasRefreshed || next?.body.includes('"f":{') !== true) return undefined;
      hasRefreshed = true;
      await tab.refresh(start({}, {}, env).sessions);
      return undefined;
    };
    await browser.use(env.sessions, (session) => session.finish(null, { keepUser: true }));
    expect(hasRefreshed).toBe(true);
    browser.cookies.set(BOUND, tab.cookies.get(BOUND) ?? '');
    env.clock.advance('8m');
    expect(await look(env, browser)).toBe('alice');
  });

  it('keeps a refresh beside a sign-in that is rolled back', async () => {
    const env = start();
    const browser = await bound(env);
    env.clock.advance('9m');
    const visit = env.sessions.open(browser.request());
    await visit.session.load();
    let hasRefreshed = false;
    env.store.before = async ({ operation, next }) => {
      if (operation !== 'write' || hasRefreshed || next?.body.startsWith('[1,') !== true) return undefined;
      hasRefreshed = true;
      // The response begins before the sign-in is written, so it is undone.
      visit.seal();
      await browser.refresh(start({}, {}, env).sessions);
      return undefined;
    };
    await failure(visit.session.signIn('alice'), 'ERR_RESPONSE_SEALED');
    expect(hasRefreshed).toBe(true);
    env.clock.advance('8m');
    expect(await look(env, browser)).toBe('alice');
  });

  it('tells no receipt and hands over no successor without the bound cookie', async () => {
    const env = start();
    const browser = await bound(env);
    env.clock.advance('2m');
    const thief = browser.stolen(BOUND);
    await browser.use(env.sessions, (session) => session.finish({ order: 7 }));
    expect(await thief.use(env.sessions, ({ ended }) => ended)).toEqual({ reason: 'unbound' });
    const other = await bound(env);
    env.clock.advance('2m');
    const second = other.stolen(BOUND);
    await other.use(env.sessions, (session) => session.finish({ order: 8 }, { keepUser: true }));
    expect(await second.use(env.sessions, ({ ended }) => ended)).toEqual({ reason: 'unbound' });
    expect(await look(env, other)).toBe('alice');
  });

  it('is not ended by a thief who presents a retired token without the bound cookie', async () => {
    const env = start();
    const browser = chromium();
    await browser.use(env.sessions, (session) => session.signIn('alice'));
    const thief = browser.stolen();
    env.clock.advance('16m');
    for (let i = 0; i < 2; i += 1) await look(env, browser);
    await browser.register(env.sessions);
    await look(env, browser);
    env.clock.advance('2m');
    const elsewhere = { ip: '198.51.100.9' };
    expect(await thief.use(env.sessions, ({ ended }) => ended?.reason, elsewhere)).toBe('unbound');
    expect(await look(env, browser)).toBe('alice');
  });

  it('is not renewed by the timer, so a thief with both cookies has no token to confirm before its owner', async () => {
    const env = start();
    const browser = await bound(env);
    env.clock.advance('16m');
    await browser.refresh(env.sessions);
    const thief = browser.stolen();
    for (let i = 0; i < 3; i += 1) await look(env, thief);
    for (let i = 0; i < 3; i += 1) expect(await look(env, browser)).toBe('alice');
    env.clock.advance('2m');
    await thief.use(env.sessions, (session) => session.id, { ip: '198.51.100.9' });
    expect(await look(env, browser)).toBe('alice');
    expect(thief.cookies.get(TOKEN)).toBe(browser.cookies.get(TOKEN));
  });

  it('is bound once a renewal that has begun is confirmed', async () => {
    const env = start();
    const browser = chromium();
    await browser.use(env.sessions, (session) => session.signIn('alice'));
    env.clock.advance('16m');
    const tab = browser.stolen();
    await look(env, browser);
    await browser.register(env.sessions);
    tab.cookies.set(BOUND, browser.cookies.get(BOUND) ?? '');
    const isBound = (each: BoundBrowser) => each.use(env.sessions, (session) => session.isBound());
    expect(await isBound(tab)).toBe(false);
    expect(await isBound(browser)).toBe(true);
    expect(env.types()).toContain('confirmed');
    expect(tab.cookies.get(TOKEN)).toBe(browser.cookies.get(TOKEN));
  });

  it('keeps a cookie with maxAge alive without a renewal', async () => {
    const env = start({}, { transports: [cookie({ maxAge: '75m' })], idleTimeout: '30m' });
    const browser = await bound(env);
    let sentAt = env.clock.now();
    for (let i = 0; i < 10; i += 1) {
      env.clock.advance('25m');
      await browser.refresh(env.sessions);
      const visit = env.sessions.open(browser.request());
      expect((await visit.session.load()).userId).toBe('alice');
      const [line] = setCookies(visit.seal());
      if (line?.startsWith(`${TOKEN}=${browser.cookies.get(TOKEN)}; Max-Age=4500;`) === true)
        sentAt = env.clock.now();
      expect(env.clock.now() - sentAt).toBeLessThan(45 * 60_000);
    }
  });

  it('gets its token with the signature of a new key, while both keys are accepted', async () => {
    const [older, newer] = ['o'.repeat(32), 'n'.repeat(32)];
    const before = start({}, { secrets: [older] });
    const browser = await bound(before);
    const both = start({}, { secrets: [newer, older] }, before);
    both.clock.advance('2m');
    expect(await look(both, browser)).toBe('alice');
    const after = start({}, { secrets: [newer] }, both);
    expect(await look(after, browser)).toBe('alice');
  });

  it('ends with destroy(), which clears both cookies', async () => {
    const env = start();
    const browser = await bound(env);
    await browser.use(env.sessions, (session) => session.destroy());
    expect(browser.cookies.size).toBe(0);
    expect(JSON.parse((await browser.refresh(env.sessions))?.body ?? '')).toMatchObject({ continue: false });
    expect(browser.binding).toBeUndefined();
  });

  it('ends in the browser too after a revocation from another device', async () => {
    const env = start();
    const browser = await bound(env);
    await env.sessions.revokeUser('alice');
    expect(await look(env, browser)).toBe('revoked');
    browser.cookies.delete(BOUND);
    await browser.refresh(env.sessions);
    expect(browser.binding).toBeUndefined();
    expect(await look(env, browser)).toBe('revoked');
  });

  it('is not served by a process without the option, which could not judge it', async () => {
    const env = start();
    const browser = await bound(env);
    env.clock.advance('2m');
    const without = setUp({}, env);
    expect(await look(without, browser)).toBe('unbound');
    expect(await look(env, browser)).toBe('alice');
  });

  it('costs its reader nothing more in the store', async () => {
    const env = start();
    const browser = await bound(env);
    env.store.forget();
    await look(env, browser);
    expect(env.store.calls.map(({ operation }) => operation)).toEqual(['read']);
  });
});

describe('a refresh', () => {
  it('costs one read and one compareAndSet, with the challenge that came in advance', async () => {
    const env = start();
    const browser = await bound(env);
    env.clock.advance('9m');
    env.store.forget();
    expect((await browser.refresh(env.sessions))?.status).toBe(200);
    const calls = env.store.calls.map(({ operation }) => operation);
    expect(calls.filter((each) => each !== 'sweep')).toEqual(['read', 'write']);
  });

  it('does not extend the session', async () => {
    const env = start();
    const browser = await bound(env);
    const [before] = await env.sessions.list('alice');
    env.clock.advance('9m');
    await browser.refresh(env.sessions);
    expect(await env.sessions.list('alice')).toEqual([before]);
  });

  it('without a proof gets the challenge that is outstanding, and writes nothing', async () => {
    const env = start();
    const browser = await bound(env);
    const { binding } = browser;
    env.store.forget();
    const response = await browser.post(env.sessions, { 'sec-secure-session-id': binding?.id ?? '' });
    expect(response.status).toBe(403);
    expect(response.headers).toContainEqual([
      'secure-session-challenge',
      `"${binding?.challenge}";id="${binding?.id}"`,
      'set',
    ]);
    expect(env.store.writes).toBe(0);
  });

  it('with a challenge that has expired gets a new one, and succeeds with that', async () => {
    const env = start({}, { idleTimeout: '2h' });
    const browser = await bound(env);
    env.clock.advance('1h');
    browser.cookies.delete(BOUND);
    env.store.forget();
    expect((await browser.refresh(env.sessions))?.status).toBe(200);
    expect(env.store.writes).toBe(2);
    expect(await look(env, browser)).toBe('alice');
  });

  it('whose response is lost succeeds with the same challenge within the grace, and later with another', async () => {
    for (const wait of ['50s', '61s']) {
      const env = start();
      const browser = await bound(env);
      outlive(env, browser);
      expect((await browser.refresh(env.sessions, true))?.status).toBe(200);
      env.clock.advance(wait);
      expect((await browser.refresh(env.sessions))?.status).toBe(200);
      expect(await look(env, browser)).toBe('alice');
    }
  });

  it('of two tabs at once succeeds for both', async () => {
    const env = start();
    const browser = await bound(env);
    outlive(env, browser);
    const tab = browser.stolen();
    tab.binding = browser.binding && { ...browser.binding };
    const responses = await Promise.all([browser.refresh(env.sessions), tab.refresh(env.sessions)]);
    expect(responses.map((each) => each?.status)).toEqual([200, 200]);
    expect(await look(env, browser)).toBe('alice');
    expect(await look(env, tab)).toBe('alice');
  });

  it('by another key gets a challenge, no cookie, and no write', async () => {
    const env = start();
    const browser = await bound(env);
    const thief = browser.stolen();
    thief.binding = browser.binding && { ...browser.binding, key: await deviceKey() };
    env.store.forget();
    expect((await thief.refresh(env.sessions))?.status).toBe(403);
    expect(env.store.writes).toBe(0);
    expect(env.events.at(-1)).toMatchObject({ type: 'device-refused', reason: 'signature' });
    outlive(env, browser);
    expect((await browser.refresh(env.sessions))?.status).toBe(200);
  });

  it('that repeats an old proof earns nothing', async () => {
    const env = start();
    const browser = await bound(env);
    const { binding } = browser;
    const proof = (await binding?.key.sign(binding.challenge ?? '')) ?? '';
    await browser.refresh(env.sessions);
    env.clock.advance('61s');
    env.store.forget();
    const headers = { 'sec-secure-session-id': binding?.id ?? '', 'secure-session-response': proof };
    const response = await browser.post(env.sessions, headers);
    expect(response.status).toBe(403);
    expect(setCookies(response.headers)).toEqual([]);
    expect(env.store.writes).toBe(0);
  });

  it('of a binding that has ended ends it in the browser, without a word of the session that is there now', async () => {
    const env = start();
    const browser = await bound(env);
    const { binding } = browser;
    await browser.use(env.sessions, (session) => session.signIn('bob'));
    browser.binding = binding;
    const response = await browser.refresh(env.sessions);
    expect(response?.status).toBe(200);
    expect(JSON.parse(response?.body ?? '')).toEqual({ session_identifier: binding?.id, continue: false });
    expect(await look(env, browser)).toBe('bob');
  });

  it('gets a 503 while the store is down, so that the browser keeps the binding', async () => {
    const env = start();
    const browser = await bound(env);
    outlive(env, browser);
    env.store.before = () => 'reject';
    expect((await browser.refresh(env.sessions))?.status).toBe(503);
    env.store.before = () => undefined;
    expect((await browser.refresh(env.sessions))?.status).toBe(200);
    expect(await look(env, browser)).toBe('alice');
  });

  it('needs no token, which browsers leave out after a link on another site', async () => {
    const env = start();
    const browser = await bound(env);
    outlive(env, browser);
    const token = browser.cookies.get(TOKEN) ?? '';
    browser.cookies.delete(TOKEN);
    expect((await browser.refresh(env.sessions))?.status).toBe(200);
    browser.cookies.set(TOKEN, token);
    expect(await look(env, browser)).toBe('alice');
  });

  it('finds the session that goes on after finish() with keepUser', async () => {
    const env = start();
    const browser = await bound(env);
    for (let i = 0; i < 3; i += 1)
      await browser.use(env.sessions, (session) => session.finish(null, { keepUser: true }));
    outlive(env, browser);
    expect((await browser.refresh(env.sessions))?.status).toBe(200);
    expect(await look(env, browser)).toBe('alice');
  });

  it("by a session's ID alone learns no more than one by an ID that does not exist", async () => {
    const env = start();
    const browser = await bound(env);
    const [own] = await env.sessions.list('alice');
    const ask = (id: string) => browser.post(env.sessions, { 'sec-secure-session-id': id });
    const name = `.${'A'.repeat(22)}`;
    for (const id of [`${own?.id}${name}`, `${'A'.repeat(22)}${name}`, 'x', '']) {
      const response = await ask(id);
      expect([response.status, JSON.parse(response.body)]).toEqual([
        200,
        { session_identifier: id, continue: false },
      ]);
    }
  });
});

describe('require', () => {
  it('refuses a session that is not bound a grace after its sign-in, and leaves the others alone', async () => {
    const env = start({ require: true, signIns: 'asked' });
    const [plain, unable] = [chromium(), chromium()];
    await plain.use(env.sessions, (session) => session.signIn('alice'));
    await unable.use(env.sessions, (session) => session.signIn('alice', { bind: true }));
    expect(await look(env, unable)).toBe('alice');
    env.clock.advance('61s');
    expect(await look(env, unable)).toBe('unbound');
    expect(await look(env, plain)).toBe('alice');
  });

  it('serves one that is bound', async () => {
    const env = start({ require: true });
    const browser = await bound(env);
    env.clock.advance('5m');
    expect(await look(env, browser)).toBe('alice');
  });
});

describe('the option', () => {
  it('is refused with a cookie that no browser binds', () => {
    for (const options of [{ domain: 'shop.example' }, { partitioned: true }]) {
      const error = thrown(() => start({}, { transports: [cookie(options)] }), 'ERR_CONFIG');
      expect(error.message).toMatch(/domain|Partitioned/i);
    }
    thrown(() => start({}, { transports: [bearer()] }), 'ERR_CONFIG');
  });

  it('is refused if it is anything else than what deviceBinding() returns', () => {
    // @ts-expect-error the option is no boolean, as JavaScript may pass it
    for (const deviceBinding of [true, {}, null]) thrown(() => setUp({ deviceBinding }), 'ERR_CONFIG');
  });

  it('checks its own options by name', () => {
    const wrong = [
      { lifetime: '3m' },
      { lifetime: '25h' },
      { path: 'device' },
      { signIns: 'none' },
      { requires: true },
    ];
    for (const options of wrong) {
      // @ts-expect-error some are wrong by type
      const error = thrown(() => deviceBinding(options), 'ERR_CONFIG');
      expect(error.message).toContain(Object.keys(options)[0]);
    }
  });
});
