import { type D1Binding, d1Store } from '@coatcheck/cloudflare';
import { createSessions, memoryStore, type SessionStore } from '@coatcheck/core';
import { ipAddress, userAgent } from '@coatcheck/core/client-checks';
import { issue } from '@coatcheck/core/testing';
import { session as expressSession } from '@coatcheck/express';
import { session as fastifySession } from '@coatcheck/fastify';
import { open, withSession } from '@coatcheck/fetch';
import { session as honoSession, type SessionVariables } from '@coatcheck/hono';
import { session as koaSession } from '@coatcheck/koa';
import { createTableSql, postgresStore } from '@coatcheck/postgres';
import { redisStore } from '@coatcheck/redis';
import { sqliteStore } from '@coatcheck/sqlite';
import { testStoreContract } from '@coatcheck/store-contract';
import Database from 'better-sqlite3';
import express from 'express';
import Fastify from 'fastify';
import { Hono } from 'hono';
import { Cluster, Redis } from 'ioredis';
import Koa from 'koa';
import { Client, Pool } from 'pg';
import postgres from 'postgres';
import { createClient, createCluster } from 'redis';

interface ShopData {
  cart: string[];
}

declare module '@coatcheck/express' {
  interface Register {
    session: ShopData;
  }
}

declare module '@coatcheck/fastify' {
  interface Register {
    session: ShopData;
  }
}

declare module '@coatcheck/koa' {
  interface Register {
    session: ShopData;
  }
}

export const stores: readonly SessionStore[] = [
  memoryStore(),
  sqliteStore('shop.db'),
  sqliteStore(new Database(':memory:')),
  redisStore(createClient()),
  redisStore(createCluster({ rootNodes: [] })),
  redisStore(new Redis()),
  redisStore(new Cluster([])),
  postgresStore(new Pool()),
  postgresStore(new Client()),
  postgresStore(postgres({ fetch_types: false })),
];
export const storeOf = (binding: D1Binding): SessionStore => d1Store(binding);
export const migration: string = createTableSql({ schema: 'app' });

const sessions = createSessions<ShopData>({
  store: memoryStore(),
  initial: () => ({ cart: [] }),
  clientChecks: [ipAddress({ v4: 24, v6: 56 }), userAgent()],
});

export const expressApp = express();
expressApp.use(expressSession(sessions));
expressApp.post('/cart', async (req, res) => {
  const count: number = await req.session.update((data) => data.cart.push('tea'));
  // @ts-expect-error: data is read-only outside update
  req.session.data.cart.push('coffee');
  res.json({ count, user: req.session.userId });
});

export const koaApp = new Koa();
koaApp.use(koaSession(sessions));
koaApp.use(async (ctx) => {
  const cart: readonly string[] = ctx.session.data.cart;
  // @ts-expect-error: no such data
  ctx.session.data.basket;
  ctx.body = cart.join();
});

export const honoApp = new Hono<{ Variables: SessionVariables<ShopData> }>()
  .use('*', honoSession(sessions))
  .get('/cart', (c) => c.json({ cart: [...c.var.session.data.cart] }));

export const fastifyApp = Fastify();
void fastifyApp.register(fastifySession(sessions));
fastifyApp.post('/cart', async (request) => {
  const count: number = await request.session.update((data) => data.cart.push('tea'));
  // @ts-expect-error: no such data
  request.session.data.basket;
  return { count };
});

export const fetchApp: (request: Request) => Promise<Response> = withSession(
  sessions,
  async (_request, session) => Response.json(session.data.cart),
);
export const finished: Response = open(sessions, new Request('https://shop.example/')).finish(new Response());

export const cookie: Promise<unknown> = Promise.resolve(
  issue(sessions, { userId: 'anna', data: { cart: [] } }),
);
export const kit: unknown = testStoreContract;
