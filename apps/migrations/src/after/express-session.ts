import session from '@coatcheck/express-session';
import { sqliteStore } from '@coatcheck/sqlite';
import flash from 'connect-flash';
import express from 'express';
import { shop } from '../shop.ts';

declare module '@coatcheck/express-session' {
  interface SessionData {
    user: string;
    cart: string[];
  }
}

export const app = express();
app.use(
  session({
    secret: process.env.SESSION_SECRET ?? 'a secret for development',
    store: sqliteStore(process.env.SESSIONS_DB ?? 'sessions.db'),
    userId: ({ user }) => (typeof user === 'string' ? user : undefined),
    resave: false,
    saveUninitialized: false,
    cookie: { maxAge: 30 * 60_000 },
  }),
);
app.use(flash());
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
  if (!(await shop.isPassword(name, password))) {
    req.flash('error', 'Wrong name or password');
    return void res.redirect(303, '/messages');
  }
  const { cart = [] } = req.session;
  req.session.regenerate((error) => {
    if (error) return next(error);
    Object.assign(req.session, { user: name, cart });
    res.redirect(303, '/');
  });
});

app.get('/messages', (req, res) => {
  res.json(req.flash('error'));
});

app.post('/sign-out', (req, res, next) => {
  req.session.destroy((error) => {
    if (error) return next(error);
    res.redirect(303, '/');
  });
});
