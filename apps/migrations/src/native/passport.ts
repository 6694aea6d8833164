import { createSessions, session } from '@coatcheck/express';
import { sqliteStore } from '@coatcheck/sqlite';
import express from 'express';
import passport from 'passport';
import { Strategy } from 'passport-local';
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

declare global {
  namespace Express {
    interface User {
      id: string;
    }
  }
}

passport.use(
  new Strategy({ usernameField: 'name' }, (name, password, done) => {
    shop.isPassword(name, password).then((isRight) => done(null, isRight && { id: name }), done);
  }),
);

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

app.post('/sign-in', (req, res, next) => {
  passport.authenticate('local', { session: false }, async (error: unknown, user: Express.User | false) => {
    if (error) return next(error);
    if (user) {
      await req.session.signIn(user.id);
      return res.redirect(303, '/');
    }
    await req.session.update((data) => {
      data.messages.push('Wrong password');
    });
    res.redirect(303, '/messages');
  })(req, res, next);
});

app.get('/messages', async (req, res) => {
  const hasMessages = req.session.data.messages.length > 0;
  res.json(hasMessages ? await req.session.update((data) => data.messages.splice(0)) : []);
});

app.post('/sign-out', async (req, res) => {
  await req.session.destroy();
  res.redirect(303, '/');
});
