import { describe, expect, it } from 'vitest';
import { createSessions, memoryStore, open, query, read, type SessionEvent, withSession } from './index.ts';

interface ShopData {
  cart: string[];
}

const makeSessions = (events: SessionEvent[] = []) =>
  createSessions<ShopData>({
    store: memoryStore(),
    initial: () => ({ cart: [] }),
    onEvent: (event) => events.push(event),
  });

const to = (path = '/', headers: Record<string, string> = {}, method = 'GET') =>
  new Request(`https://shop.example${path}`, { headers, method });

/** A handler that grants a session and responds as it is told. */
const granting = (respond: () => Response) =>
  withSession(makeSessions(), async (_request, session) => {
    await session.update((data) => data.cart.push('tea'));
    return respond();
  });

const tokensIn = (response: Response) =>
  response.headers.getSetCookie().filter((line) => line.startsWith('__Host-'));

const cookieIn = (response: Response) => ({ cookie: tokensIn(response)[0]?.split(';')[0] ?? '' });

const sealed = expect.objectContaining({ code: 'ERR_RESPONSE_SEALED' });
const misused = expect.objectContaining({ code: 'ERR_CONFIG' });

describe('the response', () => {
  it('that is returned for many requests is never altered: each visitor gets their own token alone', async () => {
    const shared = new Response(null, {
      headers: { 'set-cookie': 'flavour=oat', 'cache-control': 'public' },
    });
    const handler = granting(() => shared);
    const [first, second] = [await handler(to()), await handler(to())];
    expect(tokensIn(first)).toHaveLength(1);
    expect(tokensIn(second)).toHaveLength(1);
    expect(tokensIn(first)).not.toEqual(tokensIn(second));
    expect(first.headers.get('cache-control')).toBe('no-store');
    expect([...shared.headers]).toEqual([
      ['cache-control', 'public'],
      ['set-cookie', 'flavour=oat'],
    ]);
  });

  it('that is a clone of another has a token that the other lacks', async () => {
    const original = new Response('coats');
    const response = await granting(() => original.clone())(to());
    expect(tokensIn(response)).toHaveLength(1);
    expect(await response.text()).toBe('coats');
    expect(await original.text()).toBe('coats');
    expect(tokensIn(original)).toEqual([]);
  });

  it('that is finished can be cloned, token and all', async () => {
    const clone = (await granting(() => new Response('coats'))(to())).clone();
    expect(tokensIn(clone)).toHaveLength(1);
    expect(await clone.text()).toBe('coats');
  });

  it.each([
    ['a redirect', () => Response.redirect('https://shop.example/cart', 303), 303],
    ['a 204', () => new Response(null, { status: 204 }), 204],
    ['a 304', () => new Response(null, { status: 304 }), 304],
    ['JSON', () => Response.json({ cart: ['tea'] }, { status: 201 }), 201],
  ])('that is %s keeps status, headers and body', async (_name, respond, status) => {
    const response = await granting(respond)(to());
    expect(response.status).toBe(status);
    expect(response.headers.get('location')).toBe(respond().headers.get('location'));
    expect(response.headers.get('content-type')).toBe(respond().headers.get('content-type'));
    expect(await response.text()).toBe(await respond().text());
    expect(tokensIn(response)).toHaveLength(1);
  });

  it('that was fetched, so that its headers are immutable, brings the token', async () => {
    const upstream = await fetch('data:text/plain,coats');
    const response = await granting(() => upstream)(to());
    expect(tokensIn(response)).toHaveLength(1);
    expect(await response.text()).toBe('coats');
  });

  it('of a request that leaves the session alone is the very one that the handler returned', async () => {
    const response = new Response('coats');
    expect(await withSession(makeSessions(), () => response)(to())).toBe(response);
  });

  it('streams: a chunk arrives before the next is made', async () => {
    const next = Promise.withResolvers<string>();
    const body = new ReadableStream<string>({
      async start(controller) {
        controller.enqueue('first');
        controller.enqueue(await next.promise);
        controller.close();
      },
    });
    const response = await granting(() => new Response(body.pipeThrough(new TextEncoderStream())))(to());
    expect(tokensIn(response)).toHaveLength(1);
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    expect(await reader?.read()).toMatchObject({ value: 'first' });
    next.resolve('second');
    expect(await reader?.read()).toMatchObject({ value: 'second' });
  });

  it('that has begun takes no grant: a first write from a stream rejects, and nothing is stored', async () => {
    const events: SessionEvent[] = [];
    const outcome = Promise.withResolvers<unknown>();
    const handler = withSession(makeSessions(events), (_request, session) => {
      const body = new ReadableStream({
        async pull(controller) {
          await session.update({ cart: ['tea'] }).then(outcome.resolve, outcome.resolve);
          controller.close();
        },
      });
      return new Response(body);
    });
    await (await handler(to())).text();
    expect(await outcome.promise).toEqual(sealed);
    expect(events.map(({ type }) => type)).toEqual(['warning', 'call-failed']);
  });
});

describe('withSession()', () => {
  it('passes the loaded session, and the further arguments of the runtime', async () => {
    const handler = withSession(makeSessions(), (_request, { data }, server: string, info: number) =>
      Response.json([data.cart, server, info]),
    );
    expect(await (await handler(to(), 'server', 7)).json()).toEqual([[], 'server', 7]);
  });

  it('leaves the load to the handler if it is lazy', async () => {
    const handler = withSession(makeSessions(), (_request, { data }) => Response.json(data), { lazy: true });
    await expect(handler(to())).rejects.toMatchObject({ code: 'ERR_SESSION_NOT_LOADED' });
  });

  it('tells events the address that facts give, and takes their host for the one that was addressed', async () => {
    const events: SessionEvent[] = [];
    const handler = withSession(
      makeSessions(events),
      async (_request, session, _ip: string) => {
        await session.update({ cart: ['tea'] });
        return new Response();
      },
      { facts: async (_request, ip: string) => ({ ip, host: 'front.example' }) },
    );
    await handler(to('/', { origin: 'https://front.example' }, 'POST'), '203.0.113.7');
    expect(events).toEqual([expect.objectContaining({ type: 'granted', ip: '203.0.113.7' })]);
    const other = await handler(to('/', { origin: 'https://shop.example' }, 'POST'), '203.0.113.7');
    expect(other.status).toBe(403);
  });

  it('reads facts when they are needed and not before', async () => {
    const reads: string[] = [];
    const facts = {
      get ip() {
        reads.push('ip');
        return '203.0.113.7';
      },
      get host() {
        reads.push('host');
        return 'shop.example';
      },
    };
    await withSession(makeSessions(), () => new Response(), { facts: () => facts })(to());
    expect(reads).toEqual([]);
  });

  it('lets an error through, and the session takes no grant afterwards', async () => {
    let late: Promise<unknown> | undefined;
    const handler = withSession(makeSessions(), (_request, session) => {
      late = Promise.resolve().then(() => session.update({ cart: ['tea'] }));
      throw new Error('broken');
    });
    await expect(handler(to())).rejects.toThrow('broken');
    await expect(late).rejects.toEqual(sealed);
  });

  it('serves one session and sends one token if it is nested, and serves the same request again afterwards', async () => {
    const sessions = makeSessions();
    const ids: unknown[] = [];
    const inner = withSession(sessions, async (_request, session) => {
      await session.update({});
      ids.push(session.id);
      return new Response('inner');
    });
    const request = to();
    const outer = withSession(sessions, async (given, session) => {
      const response = await inner(given);
      ids.push(session.id);
      return response;
    });
    expect(tokensIn(await outer(request))).toHaveLength(1);
    expect(ids).toEqual([ids[0], ids[0]]);
    expect(() =>
      withSession(sessions, (given) => open(sessions, given).finish(new Response())),
    ).not.toThrow();
    await expect(
      withSession(sessions, (given) => open(sessions, given).finish(new Response()))(request),
    ).rejects.toEqual(misused);
    expect(await (await inner(request)).text()).toBe('inner');
  });

  it.each([[{ lasy: true }], [{ facts: {} }], [{ passive: 1 }]])(
    'refuses the options %o when it is called',
    (options) => {
      const given: object = options;
      expect(() => withSession(makeSessions(), () => new Response(), given)).toThrow(misused);
    },
  );
});

describe('open() and finish()', () => {
  it('put the token on a response that something else made', async () => {
    const visit = open(makeSessions(), to());
    await visit.session.signIn('ada');
    expect(tokensIn(visit.finish(new Response()))).toHaveLength(1);
  });

  it('say that a second response would lack the token', async () => {
    const { session, finish } = open(makeSessions(), to());
    await session.update({ cart: ['tea'] });
    finish(new Response());
    expect(() => finish(new Response('instead'))).toThrow(sealed);
  });

  it('take what shows a request and is none', async () => {
    const sessions = makeSessions();
    const { headers } = to('/', cookieIn(await granting(() => new Response())(to())));
    const { session } = open(sessions, { method: 'GET', url: 'https://shop.example/', headers });
    expect((await session.load()).ended?.reason).toBe('unknown');
  });

  it('find no token and no host in a target that cannot be parsed', async () => {
    const sessions = createSessions({ store: memoryStore(), transports: [query('session')] });
    const request = {
      method: 'POST',
      url: 'http://[/',
      headers: new Headers({ origin: 'https://shop.example' }),
    };
    const { session, finish } = open(sessions, { ...request, method: 'GET' });
    expect((await session.load()).ended).toBeUndefined();
    expect(finish(new Response()).status).toBe(200);
    const byCookie = open(makeSessions(), request);
    expect((await byCookie.session.load()).ended?.reason).toBe('cross-site');
  });

  it('throw for a write from another site, before anything is loaded', async () => {
    const headers = new Headers({ 'sec-fetch-site': 'cross-site' });
    const visit = open(makeSessions(), { method: 'POST', url: 'https://shop.example/', headers });
    expect(() => visit.refuseCrossSite()).toThrow(expect.objectContaining({ code: 'ERR_CROSS_SITE' }));
    expect(visit.session.ended).toEqual({ reason: 'cross-site' });
  });

  it('refuse sessions that are open for the request already', () => {
    const [sessions, request] = [makeSessions(), to()];
    open(sessions, request);
    expect(() => open(sessions, request)).toThrow(misused);
    expect(() => open(makeSessions(), request)).not.toThrow();
  });

  it('write nothing for a passive look, though the session was not used for long', async () => {
    let ahead = 0;
    const events: SessionEvent[] = [];
    const sessions = createSessions<ShopData>({
      store: memoryStore(),
      initial: () => ({ cart: [] }),
      now: () => Date.now() + ahead,
      onEvent: (event) => events.push(event),
    });
    const granted = open(sessions, to());
    await granted.session.update({ cart: ['tea'] });
    const request = () => to('/', cookieIn(granted.finish(new Response())));
    const later = request();
    events.length = 0;
    ahead = 20 * 60_000;
    const { session, finish } = open(sessions, later, { passive: true });
    expect((await session.load()).data.cart).toEqual(['tea']);
    expect(tokensIn(finish(new Response()))).toEqual([]);
    expect((await read(sessions, later)).data.cart).toEqual(['tea']);
    expect(events).toEqual([]);
  });
});

describe('read()', () => {
  it('creates no session and signs no user in, whatever method is tried', async () => {
    const session: object = await read(makeSessions(), to());
    const call = (name: string, ...given: unknown[]) =>
      Reflect.apply(Reflect.get(session, name), session, given);
    await expect(call('update', { cart: ['tea'] })).rejects.toEqual(sealed);
    await expect(call('signIn', 'ada')).rejects.toEqual(sealed);
  });
});
