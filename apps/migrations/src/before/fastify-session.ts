import { callbackify } from 'node:util';
import cookie from '@fastify/cookie';
import session from '@fastify/session';
import Fastify from 'fastify';
import { records } from '../records.ts';
import { shop } from '../shop.ts';

declare module 'fastify' {
  interface Session {
    user?: string;
    cart?: string[];
  }
}

export const app = Fastify();
await app.register(cookie);
await app.register(session, {
  secret: process.env.SESSION_SECRET ?? 'a secret for development, of 32 characters',
  store: {
    get: callbackify(records.get),
    set: callbackify(records.set),
    destroy: callbackify(records.delete),
  },
  saveUninitialized: false,
  cookie: { maxAge: 30 * 60_000, secure: 'auto' },
});

app.get('/', async ({ session }) => ({ user: session.user ?? null, cart: session.cart ?? [] }));

app.post<{ Params: { sku: string } }>('/cart/:sku', async (request, reply) => {
  const { sku } = request.params;
  if (!(await shop.hasInStock(sku))) return reply.callNotFound();
  request.session.cart = [...(request.session.cart ?? []), sku];
  return reply.redirect('/', 303);
});

app.post<{ Body: { name: string; password: string } }>('/sign-in', async (request, reply) => {
  const { name, password } = request.body;
  if (!(await shop.isPassword(name, password))) return reply.code(401).send('Wrong name or password');
  await request.session.regenerate(['cart']);
  request.session.user = name;
  return reply.redirect('/', 303);
});

app.post('/sign-out', async (request, reply) => {
  await request.session.destroy();
  return reply.redirect('/', 303);
});
