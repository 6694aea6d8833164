import { Hono } from 'hono';
import { type Session, sessionMiddleware } from 'hono-sessions';
import { records } from '../records.ts';
import { shop } from '../shop.ts';

interface ShopData {
  user: string;
  cart: string[];
  message: string;
}

export const app = new Hono<{ Variables: { session: Session<ShopData>; session_key_rotation: boolean } }>();

app.use(
  sessionMiddleware({
    store: {
      getSessionById: (id = '') => records.get(id),
      createSession: records.set,
      persistSessionData: records.set,
      deleteSession: records.delete,
    },
    encryptionKey: process.env.SESSION_KEY ?? 'a key for development, of 32 characters',
    expireAfterSeconds: 30 * 60,
    cookieOptions: { path: '/', httpOnly: true, sameSite: 'Lax' },
  }),
);

app.get('/', (c) => {
  return c.json({ user: c.var.session.get('user'), cart: c.var.session.get('cart') ?? [] });
});

app.post('/cart/:sku', async (c) => {
  const sku = c.req.param('sku');
  if (!(await shop.hasInStock(sku))) return c.notFound();
  c.var.session.set('cart', [...(c.var.session.get('cart') ?? []), sku]);
  return c.redirect('/', 303);
});

app.post('/sign-in', async (c) => {
  const { name, password } = await c.req.json();
  if (!(await shop.isPassword(name, password))) {
    c.var.session.flash('message', 'Wrong name or password');
    return c.redirect('/messages', 303);
  }
  c.var.session.set('user', name);
  c.set('session_key_rotation', true);
  return c.redirect('/', 303);
});

app.get('/messages', (c) => {
  const message = c.var.session.get('message');
  return c.json(message === null ? [] : [message]);
});

app.post('/sign-out', (c) => {
  c.var.session.deleteSession();
  return c.redirect('/', 303);
});
