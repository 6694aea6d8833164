// Runs the code of docs/two-origins.md, unchanged, in a real browser.

import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { filesOf, findBlocks } from './check-docs.blocks.mjs';
import { launchBrowser } from './recipe-browser.ts';

const guide = new URL('../docs/two-origins.md', import.meta.url);
/** Inside docs, from where the guide finds what it imports. */
const workplace = new URL('../docs/.two-origins/', import.meta.url);
const TIMEOUT_MS = 60_000;

const { files } = filesOf(findBlocks(readFileSync(guide, 'utf8')));
const servers: Server[] = [];
let browser: Browser;
let api: string;
let trusted: string;
let foreign: string;

async function listen(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return `http://localhost:${typeof address === 'object' && address !== null ? address.port : 0}`;
}

/** Serves an empty page and the program of the guide. */
const servePage: RequestListener = (req, res) => {
  if (req.url === '/client.js') res.setHeader('content-type', 'text/javascript').end(files.get('client.js'));
  else res.setHeader('content-type', 'text/html').end('<!doctype html><title>Shop</title>');
};

beforeAll(async () => {
  mkdirSync(workplace, { recursive: true });
  writeFileSync(new URL('api.ts', workplace), files.get('api.ts') ?? '');
  const { createApi } = await import(new URL('api.ts', workplace).href);
  [trusted, foreign] = await Promise.all([listen(servePage), listen(servePage)]);
  api = await listen(createApi([trusted]));
  browser = await launchBrowser();
}, TIMEOUT_MS);

afterAll(async () => {
  await browser?.close();
  for (const server of servers) server.close();
  rmSync(workplace, { recursive: true, force: true });
});

/** Calls the API as the program of the page does. Gives the message of an error. */
async function call(page: Page, method: string, path: string, body?: object): Promise<unknown> {
  return page.evaluate(
    `import('/client.js')
      .then(({ client }) => client(${JSON.stringify(api)})(${JSON.stringify(method)}, ${JSON.stringify(path)}, ${JSON.stringify(body)}))
      .catch(({ message }) => message)`,
  );
}

it('a page of a trusted origin signs in, writes and signs out', { timeout: TIMEOUT_MS }, async () => {
  const page = await browser.newPage();
  await page.goto(trusted);
  expect(await call(page, 'GET', '/me')).toEqual({ userId: null, cart: [] });
  expect(await call(page, 'POST', '/sign-in', { name: 'ada', password: 'wrong' })).toBe('POST /sign-in: 401');
  await call(page, 'POST', '/sign-in', { name: 'ada', password: 'secret' });
  expect(await call(page, 'POST', '/cart', { sku: 'coat' })).toEqual({ count: 1 });
  await page.reload();
  expect(await call(page, 'GET', '/me')).toEqual({ userId: 'ada', cart: ['coat'] });
  await call(page, 'POST', '/sign-out');
  expect(await call(page, 'GET', '/me')).toEqual({ userId: null, cart: [] });
  await page.close();
});

it('a page of an origin that is not listed reads and writes nothing', { timeout: TIMEOUT_MS }, async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(trusted);
  await call(page, 'POST', '/sign-in', { name: 'ada', password: 'secret' });
  await call(page, 'POST', '/cart', { sku: 'coat' });
  const other = await context.newPage();
  await other.goto(foreign);
  expect(await call(other, 'GET', '/me')).toBe('Failed to fetch');
  expect(await call(other, 'POST', '/cart', { sku: 'planted' })).toBe('Failed to fetch');
  // A request that needs no preflight reaches the API, with the cookie.
  await other.evaluate(
    `fetch(${JSON.stringify(`${api}/sign-out`)}, { method: 'POST', mode: 'no-cors', credentials: 'include' }).then(() => null)`,
  );
  expect(await call(page, 'GET', '/me')).toEqual({ userId: 'ada', cart: ['coat'] });
  await context.close();
});
