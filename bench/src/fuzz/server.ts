// Serves an app of one adapter for the request fuzzer: node --expose-gc server.ts <adapter>. Tells its parent the port, and its heap on request.

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  bearer,
  cookie,
  createSessions,
  form,
  header,
  memoryStore,
  query,
  type Session,
} from '@coatcheck/core';
import { session as expressSession } from '@coatcheck/express';
import { session as fastifySession } from '@coatcheck/fastify';
import { withSession } from '@coatcheck/fetch';
import { session as honoSession, type SessionVariables } from '@coatcheck/hono';
import { session as koaSession } from '@coatcheck/koa';
import { getRequestListener } from '@hono/node-server';
import express, {
  type Request as ExpressRequest,
  type Response as ExpressResponse,
  type NextFunction,
} from 'express';
import Fastify from 'fastify';
import { Hono } from 'hono';
import Koa from 'koa';

interface Data {
  count: number;
}

const MAX_SESSIONS = 20_000;

const store = memoryStore();
const sessions = createSessions<Data>({
  store,
  initial: () => ({ count: 0 }),
  transports: [cookie(), bearer(), header('x-session'), query('s'), form('s')],
  secrets: ['a key of the fuzzer that protects nothing'],
});

/** Does what a path says, and responds with a short string. */
async function perform(session: Session<Data>, path: string): Promise<string> {
  const word = /^\/([a-z]*)/.exec(path)?.[1];
  if (word === 'add') {
    return String(await session.update((data) => (data.count += 1)));
  } else if (word === 'enter') {
    await session.signIn('ada');
  } else if (word === 'leave') {
    await session.destroy();
  }
  return `${session.userId} ${session.data.count} ${session.ended?.reason}`;
}

/** The session of a request. The adapters' types are those of the benchmark's shops. */
function sessionOf(request: object): Session<Data> {
  const session: Session<Data> = Reflect.get(request, 'session');
  return session;
}

/** The status that an error of the library asks for. */
function statusOf(error: unknown): number {
  if (typeof error !== 'object' || error === null) return 500;
  const status: unknown = Reflect.get(error, 'status');
  return typeof status === 'number' ? status : 500;
}

type Start = () => Promise<Server>;

const ADAPTERS: Readonly<Record<string, Start>> = {
  express: async () => {
    const app = express();
    app.use(express.urlencoded({ extended: false }));
    app.use(expressSession(sessions));
    app.use(async (req: ExpressRequest, res: ExpressResponse) => {
      res.send(await perform(sessionOf(req), req.path));
    });
    app.use((error: unknown, _req: ExpressRequest, res: ExpressResponse, _next: NextFunction) => {
      res.status(statusOf(error)).send('failed');
    });
    return createServer(app);
  },
  koa: async () => {
    const app = new Koa();
    app.silent = true;
    app.use(koaSession(sessions));
    app.use(async (ctx) => {
      ctx.body = await perform(sessionOf(ctx), ctx.req.url ?? '');
    });
    return createServer(app.callback());
  },
  hono: async () => {
    const app = new Hono<{ Variables: SessionVariables<Data> }>();
    app.use(async (c, next) => {
      await c.req.parseBody().catch(() => {});
      await next();
    });
    app.use(honoSession(sessions));
    app.all('*', async (c) => c.text(await perform(c.var.session, c.req.path)));
    app.onError((error) => new Response('failed', { status: statusOf(error) }));
    return createServer(getRequestListener(app.fetch));
  },
  fastify: async () => {
    const app = Fastify({ exposeHeadRoutes: true });
    app.addContentTypeParser('*', (_request, _payload, done) => done(null, undefined));
    await app.register(fastifySession(sessions));
    app.all('/*', async (request) => perform(sessionOf(request), request.url));
    await app.ready();
    return app.server;
  },
  fetch: async () => {
    const handle = withSession(sessions, async (request, session) => {
      try {
        return new Response(await perform(session, new URL(request.url).pathname));
      } catch (error) {
        return new Response('failed', { status: statusOf(error) });
      }
    });
    return createServer(getRequestListener((request) => handle(request)));
  },
};

const start = ADAPTERS[process.argv[2] ?? ''];
if (start === undefined) throw new Error(`The adapter must be one of ${Object.keys(ADAPTERS).join(', ')}.`);
const server = await start();
server.listen(0, '127.0.0.1', () => {
  process.send?.({ port: (server.address() as AddressInfo).port });
});
process.on('message', async () => {
  // What the app keeps grows with its sessions; what is measured is everything else.
  await sessions.revokeAll();
  globalThis.gc?.();
  globalThis.gc?.();
  process.send?.({ heap: process.memoryUsage().heapUsed });
});
setInterval(() => {
  if (store.size > MAX_SESSIONS) void sessions.revokeAll();
}, 100).unref();
