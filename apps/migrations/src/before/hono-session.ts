import { type SessionEnv, useSession } from '@hono/session';
import { Hono } from 'hono';
import { shop } from '../shop.ts';

interface ShopData {
  user?: string;
  cart: string[];
  [name: string]: unknown;
}

export const app = new Hono<SessionEnv<ShopData>>();

app.use(
  useSession<ShopData>({
    secret: process.env.AUTH_SECRET ?? 'a secret for development, of 32 characters',
    duration: { absolute: 12 * 60 * 60, inactivity: 30 * 60 },
  }),
);

app.get('/', async (c) => {
  const data = await c.var.session.get();
  return c.json({ user: data?.user ?? null, cart: data?.cart ?? [] });
});

app.post('/cart/:sku', async (c) => {
  const data = await c.var.session.get();
  const sku = c.req.param('sku');
  if (!(await shop.hasInStock(sku))) return c.notFound();
  await c.var.session.update({ ...data, cart: [...(data?.cart ?? []), sku] });
  return c.redirect('/', 303);
});

app.post('/sign-in', async (c) => {
  const { name, password } = await c.req.json();
  if (!(await shop.isPassword(name, password))) return c.text('Wrong name or password', 401);
  await c.var.session.update((data) => ({ cart: [], ...data, user: name }));
  return c.redirect('/', 303);
});

app.post('/sign-out', async (c) => {
  await c.var.session.get();
  c.var.session.delete();
  return c.redirect('/', 303);
});
