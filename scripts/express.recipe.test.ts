// Runs the code of docs/express.md, unchanged.

import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { filesOf, findBlocks } from './check-docs.blocks.mjs';

const page = new URL('../docs/express.md', import.meta.url);
/** Inside docs, from where the recipes find what they import. */
const workplace = new URL('../docs/.express/', import.meta.url);

let server: Server;
let url: string;

beforeAll(async () => {
  const { files } = filesOf(findBlocks(readFileSync(page, 'utf8')));
  mkdirSync(workplace, { recursive: true });
  const file = new URL('app.ts', workplace);
  writeFileSync(file, files.get('app.ts') ?? '');
  const { app }: { app: RequestListener } = await import(file.href);
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
