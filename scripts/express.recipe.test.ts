// Runs the code of docs/express.md, unchanged.

import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { filesOf, findBlocks } from './check-docs.blocks.mjs';

const page = new URL('../docs/express.md', import.meta.url);
/** Inside docs, from where the recipes find what they import. */
const workplace = new URL('../docs/.express/', import.meta.url);

/** What the recipes import, which the folder of this test does not have. */
const PACKAGES = `
export { memoryStore } from '@coatcheck/express';
export { json } from 'express';
export { allowInsecureRequests, discovery } from 'openid-client';
`;
/** Parts of the tests of express-session. */
const support = new URL('../packages/express-session/test/support/', import.meta.url);

/** Imports a file of the page. */
const load = (name: string, from = workplace) => import(new URL(name, from).href);

/** An app of Express. */
type App = RequestListener & { use(...handlers: unknown[]): void };

let server: Server;
let shop: App;
let url: string;

beforeAll(async () => {
  const { files } = filesOf(findBlocks(readFileSync(page, 'utf8')));
  mkdirSync(workplace, { recursive: true });
  for (const [name, text] of files) {
    if (/^\w+\.ts$/.test(name)) writeFileSync(new URL(name, workplace), text);
  }
  writeFileSync(new URL('packages.ts', workplace), PACKAGES);
  const { app }: { app: App } = await load('app.ts');
  const { transfers } = await load('csrf.ts');
  const { graphql } = await load('apollo.ts');
  const { json } = await load('packages.ts');
  app.use(transfers);
  app.use('/graphql', json(), await graphql());
  shop = app;
  server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
});

afterAll(() => {
  server.close();
  rmSync(workplace, { recursive: true, force: true });
});

/** Signs in, and returns the cookie that opens the session. */
async function signIn(password: string): Promise<{ status: number; cookie: string }> {
  const response = await fetch(`${url}/login`, {
    method: 'POST',
    body: new URLSearchParams({ username: 'ada', password }),
    redirect: 'manual',
  });
  const [cookie = ''] = response.headers.getSetCookie().map((line) => line.split(';', 1)[0] ?? '');
  return { status: response.status, cookie };
}

async function get(path: string, cookie: string): Promise<unknown> {
  return (await fetch(url + path, { headers: { cookie } })).json();
}

it('signs in whom passport accepts, and nobody else', async () => {
  expect(await signIn('wrong')).toEqual({ status: 401, cookie: '' });
  const { status, cookie } = await signIn('secret');
  expect(status).toBe(303);
  expect(await get('/', cookie)).toEqual({ user: 'ada', signedInWith: 'password' });
  await fetch(`${url}/logout`, { method: 'POST', headers: { cookie }, redirect: 'manual' });
  expect(await get('/', cookie)).toEqual({});
});

it('shows each message once, in whichever of two tabs', async () => {
  const { cookie } = await signIn('secret');
  const shown = await Promise.all([get('/messages', cookie), get('/messages', cookie)]);
  expect(shown.flat()).toEqual(['Welcome back.']);
  expect(await get('/messages', cookie)).toEqual([]);
});

it('accepts a form with the session’s own CSRF token only', async () => {
  const { cookie } = await signIn('secret');
  const shown = async (by: string) =>
    (await (await fetch(`${url}/transfer`, { headers: { cookie: by } })).text()).match(
      /value="([^"]+)"/,
    )?.[1];
  const token = await shown(cookie);
  expect(token).toHaveLength(43);
  expect(await shown(cookie)).toBe(token);
  const send = async (csrf: string) => {
    const body = new URLSearchParams({ csrf });
    return (await fetch(`${url}/transfer`, { method: 'POST', headers: { cookie }, body })).status;
  };
  const others = await shown((await signIn('secret')).cookie);
  expect(await Promise.all(['', 'é'.repeat(43), others ?? '', token ?? ''].map(send))).toEqual([
    403, 403, 403, 204,
  ]);
});

it('signs in by OpenID Connect, once for each code', async () => {
  const { openidConnect } = await load('openid.ts');
  const { allowInsecureRequests, discovery } = await load('packages.ts');
  const { serve } = await load('serve.ts', support);
  const { serveProvider } = await load('openid-provider.ts', support);
  const config = await discovery(new URL(await serveProvider()), 'app', 'secret', undefined, {
    execute: [allowInsecureRequests],
  });
  shop.use(openidConnect(config, url));
  const { client } = await serve(shop);
  const browser = client();
  const started = await browser.send('GET', '/openid');
  const authorized = await fetch(started.headers.get('location') ?? '', { redirect: 'manual' });
  const { pathname, search } = new URL(authorized.headers.get('location') ?? '');
  const planted = browser.copy();
  expect((await browser.send('GET', pathname + search)).headers.get('location')).toBe('/');
  expect(JSON.parse(await browser.get('/'))).toMatchObject({ user: 'ada' });
  expect((await browser.send('GET', pathname + search)).status).toBe(400);
  expect(JSON.parse(await planted.get('/'))).toEqual({});
  expect((await client().send('GET', pathname + search)).status).toBe(400);
});

it('gives Apollo’s resolvers the session', async () => {
  const { cookie } = await signIn('secret');
  const ask = async (query: string) => {
    const headers = { cookie, 'content-type': 'application/json' };
    return (
      await fetch(`${url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query }) })
    ).json();
  };
  expect(await ask('{ me }')).toEqual({ data: { me: 'ada' } });
  expect(await ask('mutation { note(message: "hello") }')).toEqual({ data: { note: 2 } });
  expect(await get('/messages', cookie)).toEqual(['Welcome back.', 'hello']);
});

it('shows public pages while the store is down, and takes nobody’s session for ended', async () => {
  const { publicPages } = await load('public.ts');
  const { memoryStore } = await load('packages.ts');
  const { serve } = await load('serve.ts', support);
  const store = memoryStore();
  const read = store.read.bind(store);
  let isDown = false;
  const failing = Object.assign(store, {
    read: (key: string) => (isDown ? Promise.reject(new Error('down')) : read(key)),
  });
  const { url: pages } = await serve(publicPages(failing));
  const ask = async (path: string) => fetch(pages + path, { headers: { cookie: `__Host-session=${TOKEN}` } });
  expect(await (await ask('/products')).json()).toEqual({ products: ['coat', 'hat'] });
  expect((await ask('/orders')).status).toBe(200);
  isDown = true;
  expect(await (await ask('/products')).json()).toEqual({ products: ['coat', 'hat'] });
  expect((await ask('/orders')).status).toBe(503);
});

/** A well-formed token of no session. */
const TOKEN = 'A'.repeat(22 + 43);
