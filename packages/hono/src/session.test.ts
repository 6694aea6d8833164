import { Hono } from 'hono';
import { describe, expect, it, vi } from 'vitest';
import {
  createSessions,
  memoryStore,
  perBinding,
  SessionError,
  type SessionEvent,
  type SessionVariables,
  session,
} from './index.ts';

interface ShopData {
  cart: string[];
}

const URL_OF_SHOP = 'http://localhost/';

const makeSessions = (events: SessionEvent[] = []) =>
  createSessions<ShopData>({
    store: memoryStore(),
    initial: () => ({ cart: [] }),
    onEvent: (event) => events.push(event),
  });

/** Creates an app that writes to the session and returns the response of `respond`. */
const writing = (respond: () => Response) =>
  new Hono().use(session(makeSessions())).get('/', async (c) => {
    await c.var.session.update((data) => data.cart.push('tea'));
    return respond();
  });

describe('a response of the app’s own', () => {
  it('is never changed if it is shared between requests: each visitor receives only their own token', async () => {
    const shared = new Response(null, { headers: { 'set-cookie': 'flavour=oat' } });
    const app = writing(() => shared);
    const cookies = [];
    for (const _visitor of [1, 2]) {
      cookies.push(
        (await app.request(URL_OF_SHOP)).headers.getSetCookie().filter((line) => line.startsWith('__Host-')),
      );
    }
    expect(cookies.map(({ length }) => length)).toEqual([1, 1]);
    expect(cookies[0]).not.toEqual(cookies[1]);
    expect(shared.headers.getSetCookie()).toEqual(['flavour=oat']);
  });

  it('sends the token even if it is immutable', async () => {
    const response = await writing(() => Response.redirect('http://localhost/cart', 303)).request(
      URL_OF_SHOP,
    );
    expect(response.status).toBe(303);
    expect(response.headers.get('location')).toBe('http://localhost/cart');
    expect(response.headers.getSetCookie()).toHaveLength(1);
  });

  it('gets Cookie in Vary only once if it is shared between requests', async () => {
    const shared = new Response(null, { headers: { vary: 'Accept-Encoding' } });
    const app = new Hono().use(session(makeSessions())).get('/', (c) => {
      void c.var.session.id;
      return shared;
    });
    for (const _visitor of [1, 2, 3]) {
      expect((await app.request(URL_OF_SHOP)).headers.get('vary')).toBe('Accept-Encoding, Cookie');
    }
  });

  it('gets Cookie in Vary even if it is immutable', async () => {
    const app = new Hono().use(session(makeSessions())).get('/', (c) => {
      void c.var.session.id;
      return Response.redirect('http://localhost/cart', 303);
    });
    expect((await app.request(URL_OF_SHOP)).headers.get('vary')).toBe('Cookie');
  });

  it('is left unchanged if the session was not used', async () => {
    const own = new Response('own');
    const app = new Hono().use(session(makeSessions())).get('/', () => own);
    expect(await app.request(URL_OF_SHOP)).toBe(own);
  });

  it('is left unchanged if it opens a WebSocket, because it cannot be copied', async () => {
    const upgrade = Object.defineProperty(new Response(null), 'status', { value: 101 });
    expect(await writing(() => upgrade).request(URL_OF_SHOP)).toBe(upgrade);
  });
});

describe('a thrown value', () => {
  it('that is not an Error still seals the session', async () => {
    let late: Promise<unknown> | undefined;
    const app = new Hono().use(session(makeSessions())).get('/', (c) => {
      late = Promise.resolve()
        .then(() => new Promise((resolve) => setTimeout(resolve, 0)))
        .then(() => c.var.session.signIn('ada'));
      late.catch(() => {});
      throw 'a string';
    });
    await expect(app.request(URL_OF_SHOP)).rejects.toBe('a string');
    await expect(late).rejects.toMatchObject({ code: 'ERR_RESPONSE_SEALED' });
  });
});

describe('session()', () => {
  it('rejects an ip that is not a function', () => {
    const options = JSON.parse('{"ip": "203.0.113.7"}');
    expect(() => session(makeSessions(), options)).toThrow(
      expect.objectContaining({ code: 'ERR_CONFIG', message: expect.stringContaining('ip') }),
    );
  });

  it('takes a function of the context for bindings of a request, and one session for one binding', async () => {
    const created: object[] = [];
    const sessionsOf = perBinding((binding: object) => {
      created.push(binding);
      return makeSessions();
    });
    const app = new Hono<{ Bindings: { DB: object } }>();
    app.use(session((c) => sessionsOf(c.env.DB)));
    const inner = new Hono<{ Bindings: { DB: object }; Variables: SessionVariables<ShopData> }>();
    inner.use(session((c) => sessionsOf(c.env.DB))).post('/', async (c) => {
      await c.var.session.update((data) => data.cart.push('tea'));
      return c.json(c.var.session.data.cart);
    });
    app.route('/', inner);
    const [env, other] = [{ DB: {} }, { DB: {} }];
    const first = await app.request(URL_OF_SHOP, { method: 'POST' }, env);
    const headers = { cookie: first.headers.getSetCookie()[0]?.split(';')[0] ?? '' };
    const second = await app.request(URL_OF_SHOP, { method: 'POST', headers }, env);
    expect(await second.json()).toEqual(['tea', 'tea']);
    const third = await app.request(URL_OF_SHOP, { method: 'POST', headers }, other);
    expect(await third.json()).toEqual(['tea']);
    expect(created).toEqual([env.DB, other.DB]);
  });

  it('sends ERR_CONFIG to onError if the function returns no sessions', async () => {
    const returned = JSON.parse('{}');
    const errors: unknown[] = [];
    const app = new Hono().use(session(() => returned.sessions)).get('/', (c) => c.text(''));
    app.onError((error, c) => {
      errors.push(error);
      return c.text('', 500);
    });
    await app.request(URL_OF_SHOP);
    expect(errors).toEqual([
      expect.objectContaining({ code: 'ERR_CONFIG', message: expect.stringContaining('received undefined') }),
    ]);
  });

  it('passes what outlives the response to executionCtx.waitUntil, or to the option', async () => {
    for (const option of [false, true]) {
      const held: string[] = [];
      const sessions = createSessions<ShopData>({
        store: memoryStore(),
        initial: () => ({ cart: [] }),
        onEvent: async () => {},
      });
      const options = option ? { waitUntil: () => held.push('option') } : {};
      const app = new Hono().use(session(sessions, options)).get('/', async (c) => {
        await c.var.session.update({});
        return c.text('');
      });
      const execution = {
        waitUntil: () => held.push('context'),
        passThroughOnException: () => {},
        props: {},
      };
      await app.request(URL_OF_SHOP, {}, {}, execution);
      expect(new Set(held)).toEqual(new Set([option ? 'option' : 'context']));
    }
  });

  it('puts the address that ip returns into events, and none without it', async () => {
    const events: SessionEvent[] = [];
    const sessions = makeSessions(events);
    for (const options of [{ ip: () => '203.0.113.7' }, {}]) {
      const app = new Hono().use(session(sessions, options)).get('/', async (c) => {
        await c.var.session.update({});
        return c.text('');
      });
      await app.request(URL_OF_SHOP);
    }
    expect(events.map(({ type, ip }) => [type, ip])).toEqual([
      ['granted', '203.0.113.7'],
      ['granted', undefined],
    ]);
  });

  it('serves one session, and one token, if the same sessions are mounted in an app and its sub-app', async () => {
    const sessions = makeSessions();
    const cart = new Hono().use(session(sessions)).post('/', async (c) => {
      await c.var.session.update((data) => data.cart.push('tea'));
      return c.json(c.var.session.data.cart);
    });
    const app = new Hono().use(session(sessions, { lazy: true })).route('/cart', cart);
    const first = await app.request('http://localhost/cart', { method: 'POST' });
    expect(first.headers.getSetCookie()).toHaveLength(1);
    const headers = { cookie: first.headers.getSetCookie()[0]?.split(';')[0] ?? '' };
    const second = await app.request('http://localhost/cart', { method: 'POST', headers });
    expect(await second.json()).toEqual(['tea', 'tea']);
  });

  it('rejects other sessions under a name that is in use', async () => {
    const errors: unknown[] = [];
    const app = new Hono().use(session(makeSessions()), session(makeSessions()));
    app.onError((error, c) => {
      errors.push(error);
      return c.text('', 500);
    });
    expect((await app.request(URL_OF_SHOP)).status).toBe(500);
    expect(errors).toEqual([expect.any(SessionError)]);
    expect(errors[0]).toMatchObject({ code: 'ERR_CONFIG' });
  });

  it('responds with the status of a client error if the app has no onError', async () => {
    const app = new Hono().use(session(makeSessions())).post('/', async (c) => {
      await c.var.session.update({});
      return c.text('');
    });
    const response = await app.request(URL_OF_SHOP, {
      method: 'POST',
      headers: { 'sec-fetch-site': 'cross-site' },
    });
    expect([response.status, await response.text()]).toEqual([403, 'Forbidden']);
  });

  it('leaves a server error to Hono, which logs it', async () => {
    const logged = vi.spyOn(console, 'error').mockImplementation(() => {});
    const store = { ...memoryStore(), read: () => Promise.reject(new Error('down')) };
    const app = new Hono().use(session(createSessions({ store }))).get('/', (c) => c.text(''));
    const headers = { cookie: `__Host-session=${'A'.repeat(65)}` };
    expect((await app.request(URL_OF_SHOP, { headers })).status).toBe(500);
    expect(logged).toHaveBeenCalledWith(expect.objectContaining({ code: 'ERR_STORE_UNAVAILABLE' }));
    logged.mockRestore();
  });

  it('treats a form that cannot be parsed as no form', async () => {
    const app = new Hono()
      .use(async (c, next) => {
        await c.req.parseBody().catch(() => {});
        await next();
      })
      .use(session(makeSessions()))
      .post('/', (c) => c.text(String(c.var.session.id)));
    const response = await app.request(URL_OF_SHOP, {
      method: 'POST',
      body: 'not a form',
      headers: { 'content-type': 'multipart/form-data; boundary=x' },
    });
    expect(await response.text()).toBe('undefined');
  });
});
