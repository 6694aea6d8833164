// Runs the code of the guides in docs/ that need no browser, unchanged.

import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { filesOf, findBlocks } from './check-docs.blocks.mjs';

/** Inside docs, from where the guides find what they import. */
const workplace = new URL('../docs/.guides/', import.meta.url);

/** What the tests below use, which this folder does not have. */
const PACKAGES = `
export { createSessions, memoryStore } from '@coatcheck/core';
export { issue } from '@coatcheck/core/testing';
export { session } from '@coatcheck/express';
export { exportJWK, generateKeyPair, SignJWT } from 'jose';
export { default as express } from 'express';
export { Configuration } from 'openid-client';
`;

const servers: Server[] = [];

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
}

/** Imports a file of a guide. */
const load = (guide: string, name: string) => import(new URL(`${guide}/${name}`, workplace).href);

beforeAll(() => {
  mkdirSync(workplace, { recursive: true });
  writeFileSync(new URL('packages.ts', workplace), PACKAGES);
  for (const guide of ['remember-me', 'mobile', 'back-channel-logout', 'rolling-deployments', 'websockets']) {
    const folder = new URL(`${guide}/`, workplace);
    mkdirSync(folder, { recursive: true });
    const { files } = filesOf(
      findBlocks(readFileSync(new URL(`../docs/${guide}.md`, import.meta.url), 'utf8')),
    );
    for (const [name, source] of files) writeFileSync(new URL(name, folder), source);
  }
});

afterAll(() => {
  for (const server of servers) server.close();
  rmSync(workplace, { recursive: true, force: true });
});

describe('remember-me.md', () => {
  it('sets a cookie that survives the browser if the box is ticked, and asks again before a change', async () => {
    const { app } = await load('remember-me', 'app.ts');
    const url = await serve(app);
    let browsers = 0;
    const send = (path: string, form: Record<string, string>, cookie = '') =>
      fetch(url + path, {
        method: 'POST',
        // Without a cookie each is another browser, since one that lost its cookie gives a warning.
        headers: { cookie, 'user-agent': cookie === '' ? `browser ${++browsers}` : 'browser' },
        body: new URLSearchParams(form),
        redirect: 'manual',
      });
    const password = { email: 'ada@shop.example', password: 'secret' };
    const [short = ''] = (await send('/sign-in', password)).headers.getSetCookie();
    expect(short).not.toMatch(/max-age|expires/i);
    const [long = ''] = (await send('/sign-in', { ...password, remember: 'on' })).headers.getSetCookie();
    const days = Number(/Max-Age=(\d+)/.exec(long)?.[1]) / (24 * 60 * 60);
    expect(Math.ceil(days)).toBe(90);
    const cookie = long.split(';')[0] ?? '';
    expect((await send('/account/email', {}, cookie)).status).toBe(200);
    expect((await send('/account/email', {})).headers.get('location')).toBe('/sign-in');
    expect((await send('/sign-in', { ...password, password: 'wrong' })).status).toBe(401);
    await send('/sign-out', {}, cookie);
    expect((await send('/account/email', {}, cookie)).headers.get('location')).toBe('/sign-in');
  });
});

describe('mobile.md', () => {
  it('keeps a device signed in by its token, and lets another device end it', async () => {
    const { api } = await load('mobile', 'api.ts');
    const url = await serve(api);
    const send = async (method: string, path: string, token?: string, body?: object) => {
      const response = await fetch(url + path, {
        method,
        headers: {
          'content-type': 'application/json',
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      const source = await response.text();
      return {
        status: response.status,
        cookies: response.headers.getSetCookie(),
        cacheControl: response.headers.get('cache-control'),
        body: source.startsWith('{') || source.startsWith('[') ? JSON.parse(source) : source,
      };
    };
    const signIn = async (device: string): Promise<string> => {
      const signedIn = await send('POST', '/sign-in', undefined, { name: 'ada', password: 'secret', device });
      expect(signedIn).toMatchObject({ status: 201, cookies: [], cacheControl: 'no-store' });
      return signedIn.body.token;
    };
    expect(await send('POST', '/sign-in', undefined, { name: 'ada', password: 'wrong' })).toMatchObject({
      status: 401,
    });
    const phone = await signIn('Phone');
    const tablet = await signIn('Tablet');
    expect(await send('POST', '/drafts', phone, { title: 'one' })).toMatchObject({ body: { count: 1 } });

    const { body: renewed } = await send('POST', '/token', phone);
    expect(await send('POST', '/drafts', phone, { title: 'two' })).toMatchObject({
      status: 401,
      body: { code: 'signed-out' },
    });
    expect(await send('POST', '/drafts', renewed.token, { title: 'two' })).toMatchObject({
      body: { count: 2 },
    });

    const { body: devices } = await send('GET', '/devices', tablet);
    expect(devices).toMatchObject([
      { device: 'Phone', isThis: false },
      { device: 'Tablet', isThis: true },
    ]);
    expect(await send('DELETE', `/devices/${devices[0].id}`, tablet)).toMatchObject({ status: 204 });
    expect(await send('GET', '/devices', renewed.token)).toMatchObject({
      status: 401,
      body: { code: 'signed-out', reason: 'revoked' },
    });
    expect(await send('POST', '/sign-out', tablet)).toMatchObject({ status: 204 });
    expect(await send('GET', '/devices', tablet)).toMatchObject({ status: 401 });
  });
});

describe('mobile.md, bound to a key', () => {
  it('serves the app that signs each request, and nobody with its token', async () => {
    const { boundApi } = await load('mobile', 'bound.ts');
    const { send } = await load('mobile', 'client.ts');
    const url = await serve(boundApi);
    const body = { name: 'ada', password: 'secret' };
    const { token } = await (await send('POST', `${url}/sign-in`, undefined, body)).json();
    expect(token).toMatch(/^[\w-]{65}$/);
    for (let i = 0; i < 2; i += 1) {
      expect(await (await send('GET', `${url}/me?page=2`, token)).json()).toEqual({ userId: 'ada' });
    }
    const stolen = await fetch(`${url}/me`, { headers: { authorization: `DPoP ${token}` } });
    expect([stolen.status, await stolen.json()]).toEqual([401, { reason: 'unbound' }]);
    expect(stolen.headers.get('www-authenticate')).toContain('The header DPoP is missing.');
    const forged = await fetch(`${url}/sign-in`, { method: 'POST', headers: { dpop: 'none' } });
    expect([forged.status, await forged.json()]).toEqual([401, { code: 'ERR_PROOF_REQUIRED' }]);
    const website = await fetch(`${url}/sign-in`, { method: 'POST' });
    expect([website.headers.getSetCookie().length, await website.json()]).toEqual([1, {}]);
  });

  it('repeats a request for a nonce once, and not for as long as the server demands another', async () => {
    const { send } = await load('mobile', 'client.ts');
    const nonces: unknown[] = [];
    const url = await serve((req, res) => {
      const claims = String(req.headers['dpop']).split('.')[1] ?? '';
      nonces.push(JSON.parse(Buffer.from(claims, 'base64url').toString()).nonce);
      res.writeHead(401, { 'www-authenticate': 'DPoP error="use_dpop_nonce"', 'dpop-nonce': 'next' }).end();
    });
    expect((await send('GET', url)).status).toBe(401);
    expect(nonces).toHaveLength(2);
    expect(nonces[1]).toBe('next');
  });
});

describe('back-channel-logout.md', () => {
  const ISSUER = 'https://id.example';
  const EVENTS = { 'http://schemas.openid.net/event/backchannel-logout': {} };

  /** The app of the page beside a provider with keys of its own, and a way to sign in. */
  async function setUp() {
    const { backChannelLogout } = await load('back-channel-logout', 'back-channel-logout.ts');
    const { signInWith } = await load('back-channel-logout', 'sign-in.ts');
    const packages = await import(new URL('packages.ts', workplace).href);
    const { createSessions, memoryStore, session, express, exportJWK, generateKeyPair, SignJWT } = packages;
    const [own, foreign] = await Promise.all([generateKeyPair('ES256'), generateKeyPair('ES256')]);
    const jwk = { ...(await exportJWK(own.publicKey)), kid: '1', alg: 'ES256' };
    const keys = await serve((_req, res) => {
      res.setHeader('content-type', 'application/json').end(JSON.stringify({ keys: [jwk] }));
    });
    const sessions = createSessions({ store: memoryStore(), initial: () => ({}), warnOnConsole: false });
    const app = express();
    app.use(backChannelLogout(sessions, { issuer: ISSUER, jwksUri: `${keys}/`, clientId: 'shop' }));
    app.use(session(sessions));
    app.get('/', (req: { session: { userId?: string } }, res: { json(body: unknown): void }) => {
      res.json(req.session.userId ?? null);
    });
    app.post('/:sid', async (req: { session: object; params: { sid: string } }, res: { end(): void }) => {
      await signInWith(req.session, { sub: 'ada', sid: req.params.sid });
      res.end();
    });
    const url = await serve(app);
    return {
      signIn: async (sid: string): Promise<string> => {
        const response = await fetch(`${url}/${sid}`, { method: 'POST' });
        return response.headers.getSetCookie()[0]?.split(';')[0] ?? '';
      },
      userOf: async (cookie: string): Promise<unknown> => (await fetch(url, { headers: { cookie } })).json(),
      logOut: async (
        claims: object,
        { issuer = ISSUER, key = own.privateKey, age = 0 } = {},
      ): Promise<number> => {
        const token = await new SignJWT({ events: EVENTS, ...claims })
          .setProtectedHeader({ alg: 'ES256', kid: '1', typ: 'logout+jwt' })
          .setIssuer(issuer)
          .setAudience('shop')
          .setIssuedAt(Math.floor(Date.now() / 1000) - age)
          .setJti('1')
          .sign(key);
        const body = new URLSearchParams({ logout_token: token });
        const response = await fetch(`${url}/back-channel-logout`, { method: 'POST', body });
        expect(response.headers.get('cache-control')).toBe('no-store');
        return response.status;
      },
      foreignKey: foreign.privateKey,
    };
  }

  it('ends the session that the provider names, and no other', async () => {
    const { signIn, userOf, logOut } = await setUp();
    const [phone, laptop, desk] = [await signIn('a'), await signIn('b'), await signIn('c')];
    expect(await logOut({ sub: 'ada', sid: 'b' })).toBe(200);
    expect(await Promise.all([phone, laptop, desk].map(userOf))).toEqual(['ada', null, 'ada']);
    expect(await logOut({ sub: 'ada' })).toBe(200);
    expect(await Promise.all([phone, laptop, desk].map(userOf))).toEqual([null, null, null]);
  });

  it('refuses a token that is not a logout token of this provider', async () => {
    const { signIn, userOf, logOut, foreignKey } = await setUp();
    const cookie = await signIn('a');
    const refused = [
      logOut({ sub: 'ada' }, { issuer: 'https://other.example' }),
      logOut({ sub: 'ada' }, { key: foreignKey }),
      logOut({ sub: 'ada', events: {} }),
      logOut({ sub: 'ada', nonce: 'n' }),
      logOut({ sub: 'ada' }, { age: 200 }),
      logOut({ sid: 'a' }),
    ];
    expect(await Promise.all(refused)).toEqual(refused.map(() => 400));
    expect(await userOf(cookie)).toBe('ada');
  });
});

describe('the other direction of back-channel-logout.md', () => {
  it('ends the session here, and sends the browser to the provider', async () => {
    const { signOut } = await load('back-channel-logout', 'sign-out.ts');
    const { Configuration, createSessions, memoryStore, issue, session, express } = await import(
      new URL('packages.ts', workplace).href
    );
    const end = 'https://id.example/end';
    const config = new Configuration({ issuer: 'https://id.example', end_session_endpoint: end }, 'shop');
    const sessions = createSessions({ store: memoryStore(), initial: () => ({}) });
    const app = express();
    app.use(session(sessions));
    app.post('/sign-out', signOut(config, 'https://shop.example'));
    const { cookie } = await issue(sessions, { userId: 'ada' });
    const url = `${await serve(app)}/sign-out`;
    const response = await fetch(url, { method: 'POST', headers: { cookie }, redirect: 'manual' });
    expect(response.status).toBe(303);
    const target = new URL(response.headers.get('location') ?? '');
    expect(target.origin + target.pathname).toBe(end);
    expect(target.searchParams.get('post_logout_redirect_uri')).toBe('https://shop.example');
    expect(await sessions.list('ada')).toEqual([]);
  });
});

describe('rolling-deployments.md', () => {
  it('servers of both steps serve one cart, and lose nothing', async () => {
    const { createSessions, memoryStore, issue, session, express } = await import(
      new URL('packages.ts', workplace).href
    );
    const store = memoryStore();
    const steps = await Promise.all(
      ['step-1.ts', 'step-2.ts'].map(async (name) => {
        const { schema, add, countOf } = await load('rolling-deployments', name);
        const sessions = createSessions({ store, schema, initial: () => ({ cart: [] }) });
        const app = express();
        app.use(session(sessions));
        app.post('/', async (req: GuideRequest, res: GuideResponse) => {
          await req.session.update((data) => add(data, 'coat'));
          res.json({});
        });
        app.get('/', (req: GuideRequest, res: GuideResponse) => res.json(countOf(req.session.data)));
        return { sessions, url: await serve(app) };
      }),
    );
    const { cookie } = await issue(steps[0]?.sessions, { userId: 'ada' });
    const requests = Array.from({ length: 20 }, (_, i) =>
      fetch(steps[i % 2]?.url ?? '', { method: 'POST', headers: { cookie } }),
    );
    expect((await Promise.all(requests)).map(({ status }) => status)).toEqual(requests.map(() => 200));
    for (const { url } of steps) {
      expect(await (await fetch(url, { headers: { cookie } })).json()).toBe(20);
    }
  });
});

describe('the server-sent events of websockets.md', () => {
  it('a stream ends when its session ends, and opens no session that is not signed in', async () => {
    const { createSessions, memoryStore, issue } = await import(new URL('packages.ts', workplace).href);
    const sessions = createSessions({ store: memoryStore(), initial: () => ({ cart: [] }), broadcast: true });
    const { makeApp } = await load('websockets', 'events.ts');
    const url = `${await serve(makeApp(sessions))}/events`;
    expect((await fetch(url)).status).toBe(401);
    const { cookie } = await issue(sessions, { userId: 'ada', data: { cart: ['coat'] } });
    const { body } = await fetch(url, { headers: { cookie } });
    const events = body?.pipeThrough(new TextDecoderStream()).getReader();
    expect(await events?.read()).toEqual({ done: false, value: 'data: 1 things in your cart\n\n' });
    await sessions.revokeUser('ada');
    expect(await events?.read()).toEqual({ done: false, value: 'event: signed-out\ndata:\n\n' });
    expect(await events?.read()).toEqual({ done: true, value: undefined });
  });
});

interface GuideRequest {
  readonly session: {
    readonly data: object;
    update(change: (data: object) => void): Promise<void>;
  };
}

interface GuideResponse {
  json(body: unknown): void;
}
