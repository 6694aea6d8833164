import { createSessions, session } from '@coatcheck/express';
import { sqliteStore } from '@coatcheck/sqlite';
import express from 'express';
import { shop } from '../shop.ts';

interface ShopData {
  cart: string[];
  messages: string[];
}

declare module '@coatcheck/express' {
  interface Register {
    session: ShopData;
  }
}

const sessions = createSessions<ShopData>({
  store: sqliteStore(process.env.SESSIONS_DB ?? 'sessions.db'),
  initial: () => ({ cart: [], messages: [] }),
});

export const app = express();
app.use(session(sessions));
app.use(express.json());

app.get('/', (req, res) => {
  res.json({ user: req.session.userId ?? null, cart: req.session.data.cart });
});

app.post('/cart/:sku', async (req, res) => {
  const { sku } = req.params;
  if (!(await shop.hasInStock(sku))) return void res.sendStatus(404);
  await req.session.update((data) => {
    data.cart.push(sku);
  });
  res.redirect(303, '/');
});

app.post('/sign-in', async (req, res) => {
  const { name, password } = req.body;
  if (!(await shop.isPassword(name, password))) {
    await req.session.update((data) => {
      data.messages.push('Wrong name or password');
    });
    return void res.redirect(303, '/messages');
  }
  await req.session.signIn(name);
  res.redirect(303, '/');
});

app.get('/messages', async (req, res) => {
  const hasMessages = req.session.data.messages.length > 0;
  res.json(hasMessages ? await req.session.update((data) => data.messages.splice(0)) : []);
});

app.post('/sign-out', async (req, res) => {
  await req.session.destroy();
  res.redirect(303, '/');
});
