import cookieSession from 'cookie-session';
import express from 'express';
import { shop } from '../shop.ts';

export const app = express();
app.use(
  cookieSession({
    name: 'session',
    keys: [process.env.SESSION_KEY ?? 'a key for development'],
    maxAge: 30 * 60_000,
  }),
);
app.use(express.json());

app.get('/', (req, res) => {
  res.json({ user: req.session?.user ?? null, cart: req.session?.cart ?? [] });
});

app.post('/cart/:sku', async (req, res) => {
  const { sku } = req.params;
  if (!(await shop.hasInStock(sku))) return void res.sendStatus(404);
  req.session = { ...req.session, cart: [...(req.session?.cart ?? []), sku] };
  res.redirect(303, '/');
});

app.post('/sign-in', async (req, res) => {
  const { name, password } = req.body;
  if (!(await shop.isPassword(name, password))) return void res.status(401).send('Wrong name or password');
  req.session = { ...req.session, user: name };
  res.redirect(303, '/');
});

app.post('/sign-out', (req, res) => {
  req.session = null;
  res.redirect(303, '/');
});
