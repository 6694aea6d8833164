import session from '@coatcheck/express-session';
import { sqliteStore } from '@coatcheck/sqlite';
import express from 'express';
import passport from 'passport';
import { Strategy } from 'passport-local';
import { shop } from '../shop.ts';

declare module '@coatcheck/express-session' {
  interface SessionData {
    cart: string[];
    messages: string[];
  }
}

declare global {
  namespace Express {
    interface User {
      id: string;
    }
  }
}

passport.use(
  new Strategy({ usernameField: 'name' }, (name, password, done) => {
    shop
      .isPassword(name, password)
      .then(
        (isRight) => (isRight ? done(null, { id: name }) : done(null, false, { message: 'Wrong password' })),
        done,
      );
  }),
);
passport.serializeUser((user, done) => done(null, user.id));
passport.deserializeUser((id: string, done) => done(null, { id }));

export const app = express();
app.use(
  session({
    secret: process.env.SESSION_SECRET ?? 'a secret for development',
    store: sqliteStore(process.env.SESSIONS_DB ?? 'sessions.db'),
    resave: false,
    saveUninitialized: false,
  }),
);
app.use(passport.session());
app.use(express.json());

app.get('/', (req, res) => {
  res.json({ user: req.user?.id ?? null, cart: req.session.cart ?? [] });
});

app.post('/cart/:sku', async (req, res) => {
  const { sku } = req.params;
  if (!(await shop.hasInStock(sku))) return void res.sendStatus(404);
  req.session.cart = [...(req.session.cart ?? []), sku];
  res.redirect(303, '/');
});

app.post(
  '/sign-in',
  passport.authenticate('local', {
    failureRedirect: '/messages',
    failureMessage: true,
    keepSessionInfo: true,
  }),
  (_req, res) => res.redirect(303, '/'),
);

app.get('/messages', (req, res) => {
  const { messages = [] } = req.session;
  req.session.messages = [];
  res.json(messages);
});

app.post('/sign-out', (req, res, next) => {
  req.logout((error) => (error ? next(error) : res.redirect(303, '/')));
});
