import { type Context, Hono, type MiddlewareHandler } from 'hono';
import { cache } from 'hono/cache';
import { compress } from 'hono/compress';
import { stream } from 'hono/streaming';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createSessions, memoryStore, type SessionEvent, type SessionVariables, session } from './index.ts';

type Env = { Variables: SessionVariables<{ name: string }> };
type Page = (c: Context<Env>) => Response | Promise<Response>;

const ORIGIN = 'http://localhost';

/** A cache as the platform has it, for `hono/cache`. It ignores `Vary`, as that of Cloudflare does. */
function installCache() {
  const stored = new Map<string, Response>();
  vi.stubGlobal('caches', {
    open: async () => ({
      match: async (key: string) => stored.get(key)?.clone(),
      put: async (key: string, response: Response) => {
        stored.set(key, response);
      },
    }),
  });
  return stored;
}

afterEach(() => {
  vi.unstubAllGlobals();
});

const make = (events: SessionEvent[] = []) =>
  createSessions<{ name: string }>({
    store: memoryStore(),
    initial: () => ({ name: 'nobody' }),
    warnOnConsole: false,
    onEvent: (event) => events.push(event),
  });

/** Signs in and returns the cookie. */
async function enter(app: Hono<Env>, name: string): Promise<{ cookie: string }> {
  const response = await app.request(`${ORIGIN}/enter/${name}`, { method: 'POST' });
  return { cookie: response.headers.getSetCookie()[0]?.split(';')[0] ?? '' };
}

function appOf(middleware: readonly object[], page: Page): Hono<Env> {
  const app = new Hono<Env>();
  for (const each of middleware) app.use(each as MiddlewareHandler<Env>);
  app.post('/enter/:name', async (c) => {
    await c.var.session.update({ name: c.req.param('name') });
    return c.text('');
  });
  return app.get('/', page);
}

const PAGES: Readonly<Record<string, Page>> = {
  'c.text()': (c) => c.text(c.var.session.data.name),
  'a Response of its own': (c) => new Response(c.var.session.data.name),
  'c.body() with a Vary header of its own': (c) =>
    c.body(c.var.session.data.name, 200, { vary: 'Accept-Encoding' }),
  'an immutable response': async (c) => {
    const { name } = c.var.session.data;
    return fetch(`data:text/plain,${name}`);
  },
  'a stream that begins after the read': (c) => {
    const { name } = c.var.session.data;
    return stream(c, async (body) => {
      await body.write(name);
    });
  },
};

const kept = () => cache({ cacheName: 'pages', cacheControl: 'public, max-age=60', wait: true });
const guard: MiddlewareHandler<Env> = async (c, next) => {
  if (c.var.session.data.name === 'mallory') return c.text('Forbidden', 403);
  return next();
};

// Each sets another variable, so their types differ.
const ORDERS: Readonly<Record<string, () => readonly object[]>> = {
  'hono/cache outside session()': () => [kept(), session(make())],
  'hono/cache inside session()': () => [session(make()), kept()],
  'hono/cache inside session() and a guard': () => [session(make()), guard, kept()],
  'hono/cache between session() and a guard': () => [session(make()), kept(), guard],
  'hono/cache outside, compress inside': () => [kept(), session(make()), compress()],
  'hono/cache inside compress inside session()': () => [session(make()), compress(), kept()],
  'hono/cache inside session(), with vary: Accept-Encoding': () => [
    session(make()),
    cache({ cacheName: 'pages', vary: 'Accept-Encoding', wait: true }),
  ],
  'two session() around hono/cache': () => {
    const other = createSessions({ store: memoryStore() });
    return [session(make()), session(other, { as: 'staff' }), kept()];
  },
};

describe.each(Object.keys(ORDERS))('with %s', (order) => {
  it.each(Object.keys(PAGES))('bob never gets ann’s page: %s', async (page) => {
    const stored = installCache();
    const app = appOf(ORDERS[order]?.() ?? [], PAGES[page] ?? (() => new Response()));
    const [ann, bob] = [await enter(app, 'ann'), await enter(app, 'bob')];
    expect(await (await app.request(ORIGIN, { headers: ann })).text()).toBe('ann');
    const second = await app.request(ORIGIN, { headers: bob });
    expect(await second.text()).toBe('bob');
    expect(second.headers.get('vary')).toContain('Cookie');
    expect(stored.size).toBe(0);
  });
});

it('a page that does not read the session is still stored by hono/cache', async () => {
  const stored = installCache();
  await appOf([session(make()), kept()], (c) => c.text('same for all')).request(ORIGIN);
  expect(stored.size).toBe(1);
});

it('a page whose response is set twice depends on the session in the end', async () => {
  let inside: string | null = null;
  const note: MiddlewareHandler = async (c, next) => {
    await next();
    inside = c.res.headers.get('vary');
  };
  const app = appOf([session(make()), note], (c) => {
    c.res = new Response(c.var.session.data.name, { headers: { 'x-first': 'yes' } });
    return new Response(c.var.session.data.name);
  });
  const { headers } = await app.request(ORIGIN);
  expect([inside, headers.get('vary'), headers.get('x-first')]).toEqual(['Cookie', 'Cookie', 'yes']);
});

it('an app without sessions gets no vary header after another app has read one', async () => {
  await appOf([session(make())], (c) => c.text(c.var.session.data.name)).request(ORIGIN);
  const response = await new Hono().get('/', (c) => c.text('same for all')).request(ORIGIN);
  expect(response.headers.get('vary')).toBe(null);
});

it('a cached page without vary would reach bob if session() did not say what it depends on', async () => {
  installCache();
  const app = new Hono().use(kept()).get('/', (c) => c.text(c.req.header('x-name') ?? ''));
  await app.request(ORIGIN, { headers: { 'x-name': 'ann' } });
  expect(await (await app.request(ORIGIN, { headers: { 'x-name': 'bob' } })).text()).toBe('ann');
});

describe('a session that is first read in a running stream', () => {
  const late = async (before: (c: Context<Env>) => void, method = 'GET') => {
    const events: SessionEvent[] = [];
    const app = new Hono<Env>().use(session(make(events))).all('/', (c) => {
      before(c);
      return stream(c, async (body) => {
        await body.write('started ');
        await body.write(c.var.session.data.name);
      });
    });
    const response = await app.request(ORIGIN, { method });
    await response.text();
    return events.filter(({ type }) => type === 'warning');
  };

  it('emits the warning late-read', async () => {
    expect(await late(() => {})).toEqual([
      expect.objectContaining({ code: 'late-read', page: expect.stringContaining('#late-read') }),
    ]);
  });

  it.each<[string, (c: Context<Env>) => void, string?]>([
    ['the session was read before', (c) => void c.var.session.id],
    ['no shared cache may store the response', (c) => c.header('cache-control', 'private, max-age=60')],
    ['the response belongs to a write', () => {}, 'POST'],
  ])('emits none if %s', async (_case, before, method) => {
    expect(await late(before, method)).toEqual([]);
  });
});

it('a response with a token loses the headers that only shared caches obey', async () => {
  const app = new Hono<Env>().use(session(make())).all('/:what', async (c) => {
    if (c.req.param('what') === 'write') await c.var.session.update({ name: 'ann' });
    for (const name of ['CDN-Cache-Control', 'Surrogate-Control', 'X-Accel-Expires']) c.header(name, '60');
    return c.text('');
  });
  const names = async (what: string) => [...(await app.request(`${ORIGIN}/${what}`)).headers.keys()];
  expect(await names('write')).toEqual(['cache-control', 'content-type', 'set-cookie', 'vary']);
  expect(await names('plain')).toContain('cdn-cache-control');
});
