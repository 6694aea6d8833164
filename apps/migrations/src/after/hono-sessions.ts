import { createSessions, migrateHonoSessions, SessionError, session } from '@coatcheck/hono';
import { sqliteStore } from '@coatcheck/sqlite';
import { Hono } from 'hono';
import { decrypt } from 'hono-sessions';
import { records } from '../records.ts';
import { shop } from '../shop.ts';

interface ShopData {
  cart: string[];
  messages: string[];
}

const sessions = createSessions<ShopData>({
  store: sqliteStore(process.env.SESSIONS_DB ?? 'sessions.db'),
  initial: () => ({ cart: [], messages: [] }),
});
const oldKey = process.env.SESSION_KEY ?? 'a key for development, of 32 characters';

export const app = new Hono()
  .use(
    migrateHonoSessions(sessions, {
      store: { getSessionById: records.get, deleteSession: records.delete },
      decrypt: (value) => decrypt(oldKey, value),
      restore: ({ user, cart = [] }) => ({
        userId: user as string | undefined,
        data: { cart: cart as string[] },
      }),
    }),
  )
  .use(session(sessions))

  .get('/', (c) => {
    return c.json({ user: c.var.session.userId ?? null, cart: c.var.session.data.cart });
  })

  .post('/cart/:sku', async (c) => {
    const sku = c.req.param('sku');
    if (!(await shop.hasInStock(sku))) return c.notFound();
    await c.var.session.update((data) => {
      data.cart.push(sku);
    });
    return c.redirect('/', 303);
  })

  .post('/sign-in', async (c) => {
    const { name, password } = await c.req.json();
    if (!(await shop.isPassword(name, password))) {
      await c.var.session.update((data) => {
        data.messages.push('Wrong name or password');
      });
      return c.redirect('/messages', 303);
    }
    await c.var.session.signIn(name);
    return c.redirect('/', 303);
  })

  .get('/messages', async (c) => {
    const hasMessages = c.var.session.data.messages.length > 0;
    return c.json(hasMessages ? await c.var.session.update((data) => data.messages.splice(0)) : []);
  })

  .post('/sign-out', async (c) => {
    await c.var.session.destroy();
    return c.redirect('/', 303);
  });

app.onError((error, c) => {
  if (SessionError.is(error) && error.status < 500) return c.text(error.code, error.status);
  console.error(error);
  return c.text('Please try again.', 503);
});
