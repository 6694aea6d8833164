import { NextRequest } from 'next/server';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';

vi.stubEnv('DATABASE', ':memory:');
const { config, proxy } = await import('../proxy');
const { sessions } = await import('../lib/sessions');
const { POST } = await import('../app/api/cart/route');

const url = 'http://localhost:3000';
let id: string;
let cookie: string;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  const response = await POST(
    new Request(`${url}/api/cart`, { method: 'POST', body: JSON.stringify({ sku: 'fell-parka' }) }),
  );
  cookie = response.headers.getSetCookie()[0]?.split(';', 1)[0] ?? '';
  id = cookie.replace('__Host-session=', '').slice(0, 22);
});
afterEach(() => {
  vi.useRealTimers();
});

const end = async () => (await sessions.inspect(id))?.expiresAt.getTime() ?? 0;
const pass = (minutes: number) => vi.setSystemTime(Date.now() + minutes * 60_000);
const request = (method: string) => new NextRequest(`${url}/cart`, { method, headers: { cookie } });

it('lets a page view extend the deadline of the session, and the page is rendered', async () => {
  const before = await end();
  pass(5);
  const response = await proxy(request('GET'));
  expect(response.headers.get('x-middleware-next')).toBe('1');
  expect(await end()).toBeGreaterThan(before);
});

it('sends a renewed token with a page', async () => {
  pass(20);
  const response = await proxy(request('GET'));
  expect(response.headers.getSetCookie()).toEqual([expect.stringMatching(/^__Host-session=[\w-]{65}; /)]);
  expect(response.headers.get('x-middleware-next')).toBe('1');
});

it('leaves the session of a server action to the action', async () => {
  const before = await end();
  pass(20);
  const response = await proxy(request('POST'));
  expect(response.headers.getSetCookie()).toEqual([]);
  expect(await end()).toBe(before);
});

it('is not run for a prefetch, so that it is no use of the session', async () => {
  const { unstable_doesMiddlewareMatch: matches } = await import('next/experimental/testing/server');
  const runs = (path: string, headers: Record<string, string> = {}) =>
    matches({ config, nextConfig: {}, url: url + path, headers });
  expect([runs('/'), runs('/cart'), runs('/api/cart'), runs('/_next/static/app.js')]).toEqual([
    true,
    true,
    false,
    false,
  ]);
  expect(runs('/cart', { 'next-router-prefetch': '1' })).toBe(false);
  expect(runs('/cart', { purpose: 'prefetch' })).toBe(false);
});
