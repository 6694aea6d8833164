import { Hono, type MiddlewareHandler } from 'hono';
import { cors } from 'hono/cors';
import { csrf } from 'hono/csrf';
import { etag } from 'hono/etag';
import { timeout } from 'hono/timeout';
import { describe, expect, it } from 'vitest';
import { createSessions, memoryStore, SessionError, type SessionVariables, session } from './index.ts';

type Env = { Variables: SessionVariables<{ count: number }> };

const URL_OF_SHOP = 'http://localhost/';
const make = () => createSessions<{ count: number }>({ store: memoryStore(), initial: () => ({ count: 0 }) });
const tokensOf = (response: Response) => response.headers.getSetCookie().length;

/** An app with the middleware before or after session(), whose page grants a session. */
function appOf(place: 'outside' | 'inside', middleware: MiddlewareHandler): Hono<Env> {
  const order = [session(make()), middleware];
  const app = new Hono<Env>();
  for (const each of place === 'inside' ? order : order.reverse()) app.use(each as MiddlewareHandler<Env>);
  app.get('/slow', async (c) => {
    await c.var.session.update({ count: 1 });
    await new Promise(() => {});
    return c.text('');
  });
  return app.all('/', async (c) => {
    await c.var.session.update({ count: 1 });
    return c.text('page');
  });
}

describe.each(['outside', 'inside'] as const)('%s session()', (place) => {
  it('cors() keeps the token, and its own Vary', async () => {
    const app = appOf(place, cors({ origin: ['http://pay.example'], credentials: true }));
    const response = await app.request(URL_OF_SHOP, { headers: { origin: 'http://pay.example' } });
    expect(tokensOf(response)).toBe(1);
    expect(response.headers.get('vary')).toMatch(/Origin/);
    expect(response.headers.get('vary')).toMatch(/Cookie/);
  });

  it('csrf() keeps the token', async () => {
    const init = { method: 'POST', headers: { 'sec-fetch-site': 'same-origin' } };
    expect(tokensOf(await appOf(place, csrf()).request(URL_OF_SHOP, init))).toBe(1);
  });

  it('etag() keeps the token of a whole response', async () => {
    expect(tokensOf(await appOf(place, etag()).request(URL_OF_SHOP))).toBe(1);
  });

  const notModified = async () => {
    const app = appOf(place, etag());
    const tag = (await app.request(URL_OF_SHOP)).headers.get('etag') ?? '';
    const response = await app.request(URL_OF_SHOP, { headers: { 'if-none-match': tag } });
    expect(response.status).toBe(304);
    return tokensOf(response);
  };

  it(`etag() ${place === 'inside' ? 'keeps' : 'drops'} the token of a 304`, async () => {
    expect(await notModified()).toBe(place === 'inside' ? 1 : 0);
  });

  it(`timeout() ${place === 'inside' ? 'keeps' : 'drops'} the token of a handler that is too slow`, async () => {
    const response = await appOf(place, timeout(20)).request(`${URL_OF_SHOP}slow`);
    expect(response.status).toBe(504);
    expect(tokensOf(response)).toBe(place === 'inside' ? 1 : 0);
  });
});

it('onError responds with the status of a SessionError, without a cast', async () => {
  const app = new Hono<Env>().use(session(make())).post('/', async (c) => {
    await c.var.session.update({ count: 1 });
    return c.text('');
  });
  app.onError((error, c) => {
    if (SessionError.is(error)) return c.text(error.code, error.status);
    return c.text('Internal Server Error', 500);
  });
  const response = await app.request(URL_OF_SHOP, {
    method: 'POST',
    headers: { 'sec-fetch-site': 'cross-site' },
  });
  expect([response.status, await response.text()]).toEqual([403, 'ERR_CROSS_SITE']);
});
