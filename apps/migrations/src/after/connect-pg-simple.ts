import session, { expressSession } from '@coatcheck/express-session';
import { postgresStore } from '@coatcheck/postgres';
import pgSession from 'connect-pg-simple';
import express from 'express';
import originalSession from 'express-session';
import { Pool } from 'pg';
import { shop } from '../shop.ts';

declare module 'express-session' {
  interface SessionData {
    user: string;
    cart: string[];
  }
}

export const pool = new Pool({ connectionString: process.env.DATABASE_URL ?? 'postgres://localhost/shop' });
const PgStore = pgSession(originalSession);

const secret = process.env.SESSION_SECRET ?? 'a secret for development';

export const app = express();
app.use(
  session({
    secret,
    store: postgresStore(pool),
    // For as long as there are records of connect-pg-simple.
    migrateFrom: expressSession({ secret, store: new PgStore({ pool }) }),
    userId: ({ user }) => (typeof user === 'string' ? user : undefined),
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
