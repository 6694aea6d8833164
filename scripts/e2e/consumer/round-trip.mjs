// One visitor's session over HTTP through each adapter, each with another store. Usage: round-trip.mjs [directory of a database]

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { createSessions, memoryStore } from '@coatcheck/core';
import { session as expressSession } from '@coatcheck/express';
import { session as fastifySession } from '@coatcheck/fastify';
import { withSession } from '@coatcheck/fetch';
import { session as honoSession } from '@coatcheck/hono';
import { session as koaSession } from '@coatcheck/koa';
import { sqliteStore } from '@coatcheck/sqlite';
import { createAdaptorServer } from '@hono/node-server';
import express from 'express';
import Fastify from 'fastify';
import { Hono } from 'hono';
import Koa from 'koa';

const newSessions = (store) => createSessions({ store, initial: () => ({ visits: 0 }) });

/** What the app does, whatever it is written in; returns the body of the response. */
async function respond(method, path, session) {
  if (path === '/visit' && method === 'POST') {
    await session.update((data) => {
      data.visits += 1;
    });
  }
  if (path === '/sign-in' && method === 'POST') await session.signIn('anna');
  if (path === '/sign-out' && method === 'POST') await session.destroy();
  const { visits } = session.data;
  return { visits, user: session.userId ?? null };
}

function onExpress(store) {
  const app = express();
  app.use(expressSession(newSessions(store)));
  app.use((req, res, next) => {
    respond(req.method, req.path, req.session).then((body) => res.json(body), next);
  });
  return createServer(app);
}

function onKoa(store) {
  const app = new Koa();
  app.use(koaSession(newSessions(store)));
  app.use(async (ctx) => {
    ctx.body = await respond(ctx.method, ctx.path, ctx.session);
  });
  return createServer(app.callback());
}

function onHono(store) {
  const app = new Hono();
  app.use('*', honoSession(newSessions(store)));
  app.all('*', async (c) => c.json(await respond(c.req.method, c.req.path, c.var.session)));
  return createAdaptorServer({ fetch: app.fetch });
}

async function onFastify(store) {
  const app = Fastify();
  await app.register(fastifySession(newSessions(store)));
  app.all('/*', async (request) => respond(request.method, request.url, request.session));
  await app.ready();
  return app.server;
}

function onFetch(store) {
  const fetch = withSession(newSessions(store), async (request, session) =>
    Response.json(await respond(request.method, new URL(request.url).pathname, session)),
  );
  return createAdaptorServer({ fetch: (request) => fetch(request) });
}

async function visit(server) {
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${server.address().port}`;
  const send = async (method, path, cookie) => {
    const response = await fetch(origin + path, { method, headers: cookie === undefined ? {} : { cookie } });
    assert.equal(response.status, 200, `${method} ${path}: ${response.status}`);
    const [header] = response.headers.getSetCookie();
    return { body: await response.json(), header, cookie: header?.split(';', 1)[0] };
  };
  try {
    const stranger = await send('GET', '/visit');
    assert.deepEqual(stranger, { body: { visits: 0, user: null }, header: undefined, cookie: undefined });

    const granted = await send('POST', '/visit');
    assert.match(granted.header, /^__Host-session=[\w-]{65}; /);
    assert.match(granted.header, /Secure/);
    assert.match(granted.header, /HttpOnly/);
    assert.deepEqual((await send('POST', '/visit', granted.cookie)).body, { visits: 2, user: null });

    const signedIn = await send('POST', '/sign-in', granted.cookie);
    assert.deepEqual(signedIn.body, { visits: 2, user: 'anna' });
    assert.notEqual(signedIn.cookie, granted.cookie);
    assert.deepEqual((await send('GET', '/visit', granted.cookie)).body, { visits: 0, user: null });
    assert.deepEqual((await send('GET', '/visit', signedIn.cookie)).body, { visits: 2, user: 'anna' });

    await send('POST', '/sign-out', signedIn.cookie);
    assert.deepEqual((await send('GET', '/visit', signedIn.cookie)).body, { visits: 0, user: null });
  } finally {
    server.closeAllConnections?.();
    await new Promise((resolve) => server.close(resolve));
  }
}

const file = sqliteStore(join(process.argv[2] ?? '.', 'round-trip.db'));
await visit(onExpress(file));
file.close();
await visit(onKoa(sqliteStore(':memory:')));
await visit(onHono(memoryStore()));
await visit(await onFastify(memoryStore()));
await visit(onFetch(memoryStore()));
