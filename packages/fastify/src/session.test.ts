import { once } from 'node:events';
import { connect } from 'node:http2';
import { text } from 'node:stream/consumers';
import formbody from '@fastify/formbody';
import websocket from '@fastify/websocket';
import Fastify, { type FastifyInstance, type FastifyPluginCallback } from 'fastify';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { cookie, createSessions, form, memoryStore, session } from './index.ts';

const makeSessions = () =>
  createSessions<{ cart: string[]; note?: string }>({ store: memoryStore(), initial: () => ({ cart: [] }) });

/** An app that adds to the cart, and shows it. */
async function shop(fastify: FastifyInstance = Fastify()): Promise<FastifyInstance> {
  await fastify.register(session(makeSessions()));
  fastify.post('/cart', async ({ session }) => session.update((data) => data.cart.push('tea')));
  fastify.get('/cart', async ({ session }) => session.data.cart);
  return fastify;
}

function cookieIn(headers: Readonly<Record<string, unknown>>): string {
  return String(headers['set-cookie']).split(';')[0] ?? '';
}

describe('session()', () => {
  it('brings the token to inject, and takes it back', async () => {
    const app = await shop();
    const granted = await app.inject({ method: 'POST', url: '/cart' });
    expect(granted.headers['set-cookie']).toMatch(/^__Host-session=[\w-]{65}; /);
    const seen = await app.inject({ url: '/cart', headers: { cookie: cookieIn(granted.headers) } });
    expect(seen.json()).toEqual(['tea']);
    expect(seen.headers['vary']).toBe('Cookie');
  });

  it('serves the routes of its own context and of those below it, and no others', async () => {
    const app = Fastify();
    const innermost: FastifyPluginCallback = (context, _options, done) => {
      context.get('/inner', async ({ session }) => session.data.cart);
      done();
    };
    const inner: FastifyPluginCallback = (context, _options, done) => {
      void context.register(session(makeSessions())).register(innermost);
      done();
    };
    await app.register(inner);
    app.get('/outer', async (request) => 'session' in request);
    expect((await app.inject('/inner')).json()).toEqual([]);
    expect((await app.inject('/outer')).json()).toBe(false);
  });

  it('serves the handler of what is not found', async () => {
    const app = await shop();
    app.setNotFoundHandler(async ({ session }) => session.data.cart);
    expect((await app.inject('/nowhere')).json()).toEqual([]);
  });

  it('is loaded for hooks from preValidation on, and says before that it is not', async () => {
    const app = Fastify();
    await app.register(session(makeSessions()));
    const looks: unknown[] = [];
    app.addHook('onRequest', async ({ session }) => {
      try {
        looks.push(session.data.cart);
      } catch (error) {
        looks.push(error);
      }
    });
    app.addHook('preValidation', async ({ session }) => looks.push(session.data.cart));
    app.get('/', async () => '');
    await app.inject('/');
    expect(looks).toEqual([expect.objectContaining({ code: 'ERR_SESSION_NOT_LOADED' }), []]);
  });

  it('can be loaded by a guard in onRequest', async () => {
    const app = Fastify();
    await app.register(session(makeSessions()));
    app.addHook('onRequest', async ({ session }, reply) => {
      if ((await session.load()).userId === undefined) return reply.code(401).send();
    });
    app.get('/', async () => '');
    expect((await app.inject('/')).statusCode).toBe(401);
  });

  it('brings the token with the response of a hook', async () => {
    const app = Fastify();
    await app.register(session(makeSessions()));
    app.addHook('onRequest', async ({ session }, reply) => {
      await session.update({ cart: ['tea'] });
      return reply.code(401).send();
    });
    app.get('/', async () => '');
    expect((await app.inject('/')).headers['set-cookie']).toMatch(/^__Host-session=/);
  });

  it('responds to a mistake of the client with its status if the app has no error handler', async () => {
    const headers = { 'sec-fetch-site': 'cross-site' };
    const reply = await (await shop()).inject({ method: 'POST', url: '/cart', headers });
    expect([reply.statusCode, reply.json().code]).toEqual([403, 'ERR_CROSS_SITE']);
  });

  it('reads the token in a form that a parser has read, before it is validated', async () => {
    const app = Fastify();
    await app.register(formbody);
    const sessions = createSessions({
      store: memoryStore(),
      initial: () => ({ cart: ['tea'] }),
      transports: [cookie(), form('token')],
    });
    await app.register(session(sessions));
    app.post('/', async ({ session }) => session.ended?.reason);
    const reply = await app.inject({
      method: 'POST',
      url: '/',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload: 'token=junk',
    });
    expect(reply.body).toBe('malformed');
  });

  it('brings the token over HTTP/2', async () => {
    const app = Fastify({ http2: true });
    await app.register(session(makeSessions()));
    app.get('/', async ({ session }) => session.update((data) => data.cart.push('tea')));
    const client = connect(await app.listen({ host: 'localhost', port: 0 }));
    const stream = client.request({ ':path': '/' });
    const [headers] = await once(stream, 'response');
    expect(await text(stream)).toBe('1');
    expect(headers['set-cookie']).toEqual([expect.stringMatching(/^__Host-session=/)]);
    client.close();
    await app.close();
  });
});

describe('a name', () => {
  it('of another session() throws at registration', async () => {
    const app = Fastify();
    await app.register(session(makeSessions()));
    await expect(app.register(session(makeSessions()))).rejects.toMatchObject({ code: 'ERR_CONFIG' });
  });

  it('of a session() in an outer context throws too', async () => {
    const app = Fastify();
    await app.register(session(makeSessions()));
    const inner: FastifyPluginCallback = (context, _options, done) => {
      void context.register(session(makeSessions()));
      done();
    };
    await expect(app.register(inner)).rejects.toMatchObject({ code: 'ERR_CONFIG' });
  });

  it('that another plugin uses throws', async () => {
    const app = Fastify();
    app.decorateRequest('basket', null);
    await expect(app.register(session(makeSessions(), { as: 'basket' }))).rejects.toMatchObject({
      code: 'ERR_CONFIG',
    });
  });

  it('that Fastify uses throws', async () => {
    const registered = Fastify().register(session(makeSessions(), { as: 'query' }));
    await expect(registered).rejects.toMatchObject({ code: 'ERR_CONFIG' });
  });

  it('can be used in two sibling contexts', async () => {
    const app = Fastify();
    const inner: FastifyPluginCallback = (context, _options, done) => {
      shop(context).then(() => done(), done);
    };
    for (const prefix of ['/a', '/b']) await app.register(inner, { prefix });
    expect((await app.inject('/a/cart')).json()).toEqual([]);
    expect((await app.inject('/b/cart')).json()).toEqual([]);
  });

  it('is session by default, and a wrong option throws at once', () => {
    expect(() => session(makeSessions(), JSON.parse('{"lasy": true}'))).toThrow(
      expect.objectContaining({ code: 'ERR_CONFIG', message: expect.stringContaining('lasy') }),
    );
  });
});

describe.each(['before', 'after'])('an upgrade to a WebSocket, its plugin registered %s', (order) => {
  async function serve() {
    const app = Fastify();
    if (order === 'before') await app.register(websocket);
    await shop(app);
    if (order === 'after') await app.register(websocket);
    const live: FastifyPluginCallback = (context, _options, done) => {
      context.get('/live', { websocket: true }, (socket, { session }) => {
        socket.on('message', (message) => {
          const asked =
            String(message) === 'add'
              ? session.update((data) => data.cart.push('cake'))
              : session.signIn('ada');
          asked.then(
            (told) => socket.send(JSON.stringify(told)),
            ({ code }: { code: string }) => socket.send(JSON.stringify(code)),
          );
        });
      });
      done();
    };
    await app.register(live);
    const url = await app.listen({ host: 'localhost', port: 0 });
    return { app, live: `${url.replace('http', 'ws')}/live` };
  }

  async function ask(live: string, message: string, headers: Record<string, string>): Promise<unknown> {
    const socket = new WebSocket(live, { headers });
    await once(socket, 'open');
    socket.send(message);
    const [told] = await once(socket, 'message');
    socket.close();
    await once(socket, 'close');
    return JSON.parse(String(told));
  }

  it('opens the session of its cookie, which can be written while it is open', async () => {
    const { app, live } = await serve();
    const granted = await app.inject({ method: 'POST', url: '/cart' });
    expect(await ask(live, 'add', { cookie: cookieIn(granted.headers) })).toBe(2);
    await app.close();
  });

  it('grants nothing, since no token could reach the client', async () => {
    const { app, live } = await serve();
    const granted = await app.inject({ method: 'POST', url: '/cart' });
    expect(await ask(live, 'add', {})).toBe('ERR_RESPONSE_SEALED');
    expect(await ask(live, 'signIn', { cookie: cookieIn(granted.headers) })).toBe('ERR_RESPONSE_SEALED');
    await app.close();
  });

  it('from a page of another site is rejected', async () => {
    const { app, live } = await serve();
    const granted = await app.inject({ method: 'POST', url: '/cart' });
    const headers = { cookie: cookieIn(granted.headers), origin: 'https://other.example' };
    await expect(ask(live, 'add', headers)).rejects.toThrow('403');
    await app.close();
  });
});
