import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createSessions, type SessionEvent, type SessionStore, type Sessions } from '@coatcheck/core';
import { deviceBinding } from '@coatcheck/core/device-binding';
import { session as expressSession } from '@coatcheck/express';
import { session as honoSession } from '@coatcheck/hono';
import { session as koaSession } from '@coatcheck/koa';
import { getRequestListener } from '@hono/node-server';
import express from 'express';
import { Hono } from 'hono';
import Koa from 'koa';
import type { Certificate } from './certificate.ts';

/** What a request asks of the session, by its path; the rest is the body of the response. */
interface Used {
  readonly userId: string | undefined;
  readonly ended: { readonly reason: string } | undefined;
  isBound(): boolean;
  signIn(userId: string, options: { remember: true }): Promise<void>;
  destroy(): Promise<void>;
}

export type Framework = 'express' | 'koa' | 'hono';

/** A site over https, with a clock that a test advances. */
export interface Site {
  readonly url: string;
  readonly server: Server;
  readonly sessions: Sessions<object>;
  readonly events: SessionEvent[];
  /** Lets minutes pass for the servers. */
  pass(minutes: number): void;
  close(): Promise<void>;
}

/** Serves a site: `/sign-in` redirects to `/me`, which says who is signed in, whether the session is bound, and why there is none. */
export async function serveSite(
  framework: Framework,
  store: SessionStore,
  { key, cert }: Certificate,
): Promise<Site> {
  let offset = 0;
  const events: SessionEvent[] = [];
  const sessions = createSessions<object>({
    store,
    now: () => Date.now() + offset,
    deviceBinding: deviceBinding(),
    onEvent: (event) => void events.push(event),
  });
  const server = createServer({ key, cert }, LISTENERS[framework](sessions));
  const port = await listening(server);
  return {
    url: `https://localhost:${port}`,
    server,
    sessions,
    events,
    pass: (minutes) => {
      offset += minutes * 60_000;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}

const LISTENERS: Readonly<
  Record<Framework, (sessions: Sessions<object>) => ReturnType<Koa['callback']> | express.Express>
> = {
  express: (sessions) =>
    express()
      .use(expressSession(sessions))
      .get('/sign-in', async (req, res) => {
        await signIn(Reflect.get(req, 'session'));
        res.redirect(303, '/me');
      })
      .get('/sign-out', async (req, res) => {
        await used(Reflect.get(req, 'session')).destroy();
        res.redirect(303, '/me');
      })
      .get('/me', (req, res) => {
        res.send(describeSession(Reflect.get(req, 'session')));
      }),
  koa: (sessions) =>
    new Koa()
      .use(koaSession(sessions))
      .use(async (ctx) => {
        const session: unknown = Reflect.get(ctx, 'session');
        if (ctx.path === '/me') ctx.body = describeSession(session);
        else if (ctx.path === '/favicon.ico') ctx.status = 404;
        else {
          await (ctx.path === '/sign-in' ? signIn(session) : used(session).destroy());
          ctx.status = 303;
          ctx.set('location', '/me');
        }
      })
      .callback(),
  hono: (sessions) =>
    getRequestListener(
      new Hono()
        .use(honoSession(sessions))
        .get('/sign-in', async (c) => {
          await signIn(c.var.session);
          return c.redirect('/me', 303);
        })
        .get('/sign-out', async (c) => {
          await used(c.var.session).destroy();
          return c.redirect('/me', 303);
        })
        .get('/me', (c) => c.html(describeSession(c.var.session))).fetch,
    ),
};

function signIn(session: unknown): Promise<void> {
  return used(session).signIn('maren', { remember: true });
}

function describeSession(session: unknown): string {
  const { userId, ended } = used(session);
  const bound = used(session).isBound() ? 'bound' : 'unbound';
  return `<!doctype html><title>me</title>${userId ?? `nobody ${ended?.reason ?? ''}`} ${bound}`;
}

function used(session: unknown): Used {
  if (!isSession(session)) throw new TypeError('The request must have a session.');
  return session;
}

function isSession(value: unknown): value is Used {
  return typeof value === 'object' && value !== null && 'isBound' in value && 'destroy' in value;
}

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address: AddressInfo | string | null = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('The server has no port.');
  return address.port;
}
