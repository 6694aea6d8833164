import { RedisStore } from 'connect-redis';
import express from 'express';
import session from 'express-session';
import { createClient } from 'redis';
import { shop } from '../shop.ts';

declare module 'express-session' {
  interface SessionData {
    user: string;
    cart: string[];
  }
}

export const client = await createClient({
  url: process.env.REDIS_URL ?? 'redis://localhost:6379',
}).connect();

export const app = express();
app.use(
  session({
    secret: process.env.SESSION_SECRET ?? 'a secret for development',
    store: new RedisStore({ client }),
    resave: false,
    saveUninitialized: false,
    cookie: { maxAge: 30 * 60_000 },
  }),
);
app.use(express.json());

app.get('/', (req, res) => {
  res.json({ user: req.session.user ?? null, cart: req.session.cart ?? [] });
});

app.post('/cart/:sku', async (req, res) => {
  const { sku } = req.params;
  if (!(await shop.hasInStock(sku))) return void res.sendStatus(404);
  req.session.cart = [...(req.session.cart ?? []), sku];
  res.redirect(303, '/');
});

app.post('/sign-in', async (req, res, next) => {
  const { name, password } = req.body;
  if (!(await shop.isPassword(name, password))) return void res.status(401).send('Wrong name or password');
  const { cart = [] } = req.session;
  req.session.regenerate((error) => {
    if (error) return next(error);
    Object.assign(req.session, { user: name, cart });
    res.redirect(303, '/');
  });
});

app.post('/sign-out', (req, res, next) => {
  req.session.destroy((error) => {
    if (error) return next(error);
    res.redirect(303, '/');
  });
});
