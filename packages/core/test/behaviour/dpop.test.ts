import { beforeAll, describe, expect, it } from 'vitest';
import { cookie } from '../../src/http/transports/cookie.ts';
import { bearer } from '../../src/http/transports/plain.ts';
import { deviceBinding } from '../../src/request/device-binding/index.ts';
import { type DpopOptions, dpop } from '../../src/request/dpop/index.ts';
import type { Session } from '../../src/session/session-types.ts';
import { BoundBrowser, TOKEN } from '../support/bound-browser.ts';
import { deviceKey } from '../support/device-key.ts';
import { DpopClient, use } from '../support/dpop-client.ts';
import { type RequestParts, request } from '../support/request.ts';
import { failure, type SetUp, type SetUpOptions, type ShopData, setUp, thrown } from '../support/set-up.ts';

/** Keys take time to make, and a client keeps no more than its token and a nonce. */
const keys: DpopClient[] = [];
beforeAll(async () => {
  for (let i = 0; i < 2; i += 1) keys.push(await DpopClient.make());
});

interface Env extends SetUp {
  readonly client: DpopClient;
  readonly other: DpopClient;
  /** Lets the client make a request. */
  act<R>(handler: (session: Session<ShopData>) => R | Promise<R>, parts?: RequestParts): Promise<R>;
}

function start(options: SetUpOptions = {}, how: DpopOptions = {}): Env {
  const env = setUp({ transports: [dpop(how)], ...options });
  const [client, other] = keys;
  if (client === undefined || other === undefined) throw new Error('The keys are not made yet.');
  for (const each of keys) {
    each.token = undefined;
    each.nonce = undefined;
  }
  const act: Env['act'] = async (handler, parts) =>
    (await client.use(env.sessions, env.clock.now(), handler, parts)).result;
  return { ...env, client, other, act };
}

async function signedIn(options: SetUpOptions = {}): Promise<Env> {
  const env = start(options);
  await env.act((session) => session.signIn('alice'));
  return env;
}

const state = (session: Session<ShopData>) => [session.userId ?? session.ended?.reason, session.isBound()];

/** Makes a request with the token of the client and no proof, or these headers. */
const steal = (env: Env, headers: Record<string, string> = { authorization: `DPoP ${env.client.token}` }) =>
  use(env.sessions, request({ path: '/', headers }), ({ ended, userId }) => ended ?? userId);

describe('a session that begins with a proof', () => {
  it('is bound at once, and goes on for the client that has the key', async () => {
    const env = start();
    expect(await env.act(async (session) => session.signIn('alice').then(() => state(session)))).toEqual([
      'alice',
      true,
    ]);
    for (let i = 0; i < 3; i += 1) {
      env.clock.advance('20m');
      expect(await env.act(state)).toEqual(['alice', true]);
    }
    expect(await env.sessions.list('alice')).toMatchObject([{ bound: true }]);
  });

  it('is refused without a proof, and the event names it; nothing is written', async () => {
    const env = await signedIn();
    const { id } = await env.act(({ id }) => ({ id }));
    env.store.forget();
    const { result, headers } = await steal(env);
    expect(result).toEqual({ reason: 'unbound' });
    expect(env.events.at(-1)).toMatchObject({
      type: 'refused',
      reason: 'unbound',
      sessionId: id,
      userId: 'alice',
    });
    expect(headers.get('www-authenticate')).toBe(
      'DPoP error="invalid_dpop_proof", error_description="The header DPoP is missing.", algs="ES256 RS256"',
    );
    expect(env.store.writes).toBe(0);
    expect(await env.act(state)).toEqual(['alice', true]);
  });

  it('is refused to a client with another key', async () => {
    const env = await signedIn();
    env.other.token = env.client.token;
    const { result } = await env.other.use(env.sessions, env.clock.now(), state);
    expect(result).toEqual(['unbound', false]);
  });

  it.for<[string, SetUpOptions]>([
    ['', {}],
    [' with the option deviceBinding, also within the grace', { deviceBinding: deviceBinding() }],
  ])('is refused to its token in a cookie or as a bearer token%s', async ([, options]) => {
    const env = await signedIn({ transports: [cookie(), bearer(), dpop()], ...options });
    expect((await steal(env, { cookie: `${TOKEN}=${env.client.token}` })).result).toEqual({
      reason: 'unbound',
    });
    expect((await steal(env, { authorization: `Bearer ${env.client.token}` })).result).toEqual({
      reason: 'unbound',
    });
    expect(await env.act(state)).toEqual(['alice', true]);
  });

  it('stays bound over a sign-in, renew() and finish() with keepUser', async () => {
    const env = start({ deviceBinding: deviceBinding(), transports: [cookie(), dpop()] });
    const tokens: (string | undefined)[] = [];
    const steps: readonly ((session: Session<ShopData>) => Promise<unknown>)[] = [
      (session) => session.update({ note: 'anonymous' }),
      (session) => session.signIn('alice'),
      (session) => session.signIn('alice'),
      (session) => session.renew(),
      (session) => session.finish({ order: 7 }, { keepUser: true }),
    ];
    for (const step of steps) {
      await env.act(step);
      tokens.push(env.client.token);
      expect((await steal(env)).result).toEqual({ reason: 'unbound' });
      expect((await env.act(state))[1]).toBe(true);
    }
    expect(new Set(tokens).size).toBe(5);
    expect(await env.act(state)).toEqual(['alice', true]);
  });

  it('tells its receipt to nobody without the key', async () => {
    const env = await signedIn();
    await env.act((session) => session.finish({ order: 7 }));
    expect((await steal(env)).result).toEqual({ reason: 'unbound' });
    expect(await env.act(({ ended }) => ended)).toEqual({ reason: 'finished', receipt: { order: 7 } });
  });

  it('gives way to one of another user, which is bound to the same key', async () => {
    const env = await signedIn();
    await env.act((session) => session.signIn('bob'));
    expect(await env.act(state)).toEqual(['bob', true]);
    expect(await env.sessions.list('alice')).toEqual([]);
  });

  it('costs its reader nothing more in the store', async () => {
    const env = await signedIn();
    env.store.forget();
    await env.act(state);
    expect(env.store.calls.map(({ operation }) => operation)).toEqual(['read']);
  });

  it('opens once for each proof: a copy of a whole request is refused, also at the same time', async () => {
    const env = await signedIn();
    const proof = await env.client.prove({ token: env.client.token, now: env.clock.now() });
    const copy = { authorization: `DPoP ${env.client.token}`, dpop: proof };
    const results = await Promise.all([steal(env, copy), steal(env, copy)]);
    expect(results.map(({ result }) => result)).toContain('alice');
    expect(results.map(({ result }) => result)).toContainEqual({ reason: 'unbound' });
    const { result, headers } = await steal(env, copy);
    expect(result).toEqual({ reason: 'unbound' });
    expect(headers.get('www-authenticate')).toContain('The proof was used before.');
  });
});

describe('without a proof', () => {
  it('no session begins: the call rejects, and nothing is written', async () => {
    const env = start();
    const sign = await env.client.prove({ path: '/elsewhere', now: env.clock.now() });
    for (const headers of [{}, { dpop: 'none' }, { dpop: sign }]) {
      const { headers: sent } = await use(env.sessions, request({ path: '/', headers }), async (session) => {
        const { message, status } = await failure(session.signIn('alice'), 'ERR_PROOF_REQUIRED');
        expect([message.includes(sign), status]).toEqual([false, 401]);
        await failure(session.update({ note: 'x' }), 'ERR_PROOF_REQUIRED');
        await session.destroy();
        expect(session.revealToken()).toBeUndefined();
      });
      expect(sent.get('www-authenticate')).toMatch(/^DPoP error="invalid_dpop_proof"/);
    }
    expect(env.store.writes).toBe(0);
  });

  it('a first visit begins none, and rejects nothing', async () => {
    const env = start({ grant: 'first-visit' });
    expect((await steal(env, {})).result).toBeUndefined();
    expect(env.store.size).toBe(0);
    expect(await env.act(state)).toEqual([undefined, true]);
    expect(env.store.size).toBe(1);
  });

  it('a token that opens nothing is refused as any other, and begins no session', async () => {
    const env = start();
    expect((await steal(env, { authorization: 'DPoP x' })).result).toEqual({ reason: 'malformed' });
    expect((await steal(env, { authorization: `DPoP ${'A'.repeat(65)}` })).result).toEqual({
      reason: 'unknown',
    });
  });
});

describe('a session that did not begin with a proof', () => {
  it('is refused to its token with a valid proof', async () => {
    const env = start({ transports: [cookie(), dpop()] });
    const browser = new BoundBrowser(deviceKey);
    await browser.use(env.sessions, (session) => session.signIn('alice'));
    env.client.token = browser.cookies.get(TOKEN);
    expect(await env.act(state)).toEqual(['unbound', false]);
    expect(await browser.use(env.sessions, ({ userId }) => userId)).toBe('alice');
  });

  it('is refused so too if it is bound to a browser', async () => {
    const env = start({ transports: [cookie(), dpop()], deviceBinding: deviceBinding() });
    const browser = new BoundBrowser(deviceKey);
    await browser.bind(env.sessions);
    expect(await browser.use(env.sessions, state)).toEqual(['alice', true]);
    env.client.token = browser.cookies.get(TOKEN);
    expect(await env.act(state)).toEqual(['unbound', false]);
    expect(await browser.use(env.sessions, state)).toEqual(['alice', true]);
  });
});

describe('beside cookie()', () => {
  it('its sign-out clears no cookie, and that of a browser does', async () => {
    const env = await signedIn({ transports: [cookie(), dpop()], deviceBinding: deviceBinding() });
    const signOut = (session: Session<ShopData>) => session.destroy();
    const { headers } = await env.client.use(env.sessions, env.clock.now(), signOut);
    expect(headers.has('set-cookie')).toBe(false);
    const browser = new BoundBrowser(deviceKey);
    await browser.bind(env.sessions);
    await browser.use(env.sessions, signOut);
    expect(browser.cookies.size).toBe(0);
  });

  it('a request without a token belongs to the client that sent a proof, otherwise to a browser', async () => {
    const env = await signedIn({ transports: [cookie(), dpop()] });
    expect(env.client.token).toBeDefined();
    const { headers } = await use(env.sessions, request({ path: '/' }), (session) => session.signIn('bob'));
    expect(headers.get('set-cookie')).toContain(TOKEN);
    expect(headers.has('www-authenticate')).toBe(false);
  });

  it('a cookie goes first: a proof without its token changes nothing for a browser', async () => {
    const env = start({ transports: [cookie(), dpop()] });
    const browser = new BoundBrowser(deviceKey);
    await browser.use(env.sessions, (session) => session.signIn('alice'));
    const headers = { dpop: await env.client.prove({ now: env.clock.now() }) };
    expect(await browser.use(env.sessions, ({ userId }) => userId, { headers })).toBe('alice');
  });
});

it('a response that depends on the session varies by the proof, so that no cache gives it to another request', async () => {
  const env = await signedIn();
  const { headers } = await env.client.use(env.sessions, env.clock.now(), ({ userId }) => userId);
  expect(headers.get('vary')).toBe('DPoP');
});

it('a nonce is learned from the first response, and replaced before it expires', async () => {
  const env = start({}, { nonceKey: 'k'.repeat(32), window: '1m' });
  const refused = await env.client.use(env.sessions, env.clock.now(), (session) =>
    failure(session.signIn('alice'), 'ERR_PROOF_REQUIRED'),
  );
  expect(refused.headers.get('www-authenticate')).toMatch(/^DPoP error="use_dpop_nonce"/);
  await env.act((session) => session.signIn('alice'));
  for (let i = 0; i < 5; i += 1) {
    env.clock.advance('50s');
    expect(await env.act(state)).toEqual(['alice', true]);
  }
  env.clock.advance('3m');
  expect(await env.act(state)).toEqual(['unbound', false]);
  expect(await env.act(state)).toEqual(['alice', true]);
});

it('proofs are for the URL that clients know: of baseUrl', async () => {
  const env = start({}, { baseUrl: 'https://shop.example/api' });
  const signIn = async (path: string) => {
    const proof = await env.client.prove({ path, now: env.clock.now() });
    return use(
      env.sessions,
      request({ host: '10.0.0.7', path: '/cart', headers: { dpop: proof } }),
      (session) => session.signIn('alice').then(() => session.isBound()),
    );
  };
  expect((await signIn('/api/cart')).result).toBe(true);
  await failure(signIn('/cart'), 'ERR_PROOF_REQUIRED');
});

it.for<[options: object, says: string]>([
  [{ windows: '1m' }, "dpop(options) must be an object of window, baseUrl, nonceKey; received 'windows'."],
  [{ window: '9s' }, "dpop window must be 10 seconds to 5 minutes; received '9s'."],
  [{ window: '6m' }, "dpop window must be 10 seconds to 5 minutes; received '6m'."],
  [
    { baseUrl: 'shop.example' },
    "dpop baseUrl must be a URL without query such as 'https://shop.example/api'; received 'shop.example'.",
  ],
  [
    { nonceKey: 'short' },
    "dpop nonceKey must be a string of at least 32 random characters; received '5 characters'.",
  ],
  [
    { nonceKey: undefined },
    "dpop nonceKey must be a string of at least 32 random characters; received 'undefined'.",
  ],
])('dpop(%j) throws', ([options, says]) => {
  expect(thrown(() => dpop(options), 'ERR_CONFIG').message).toContain(says.slice(0, -1));
});
