import {
  clearOldCookie,
  Migration,
  ParsedRequestView,
  type RestoredSession,
  sealOnto,
} from '@coatcheck/core/adapter';
import { createSessions, session } from '@coatcheck/express';
import { sqliteStore } from '@coatcheck/sqlite';
import Cookies from 'cookies';
import express, { type RequestHandler } from 'express';
import { shop } from '../shop.ts';
import { signedOut } from '../signed-out.ts';

interface ShopData {
  cart: string[];
}

declare module '@coatcheck/express' {
  interface Register {
    session: ShopData;
  }
}

const sessions = createSessions<ShopData>({
  store: sqliteStore(process.env.SESSIONS_DB ?? 'sessions.db'),
  initial: () => ({ cart: [] }),
});

// For as long as old cookies are accepted.
const keys = [process.env.SESSION_KEY ?? 'a key for development'];
const migration = new Migration(sessions);

async function restore(cookie: string): Promise<RestoredSession<ShopData> | undefined> {
  const { user, cart = [] } = JSON.parse(Buffer.from(cookie, 'base64').toString());
  return user !== undefined && signedOut.has(user) ? undefined : { userId: user, data: { cart } };
}

const acceptOldCookie: RequestHandler = async (req, res, next) => {
  const cookie = new Cookies(req, res, { keys }).get('session', { signed: true });
  if (cookie === undefined) return next();
  const moved = await migration.move(cookie, new ParsedRequestView(req), { load: restore, remove: () => {} });
  if (moved === undefined) return next();
  req.headers.cookie += `; ${moved.cookie}`;
  const cleared = [clearOldCookie('session'), clearOldCookie('session.sig')];
  sealOnto(res, { seal: () => [...moved.headers, ...cleared] });
  next();
};

export const app = express();
app.use(acceptOldCookie);
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
  if (!(await shop.isPassword(name, password))) return void res.status(401).send('Wrong name or password');
  await req.session.signIn(name);
  res.redirect(303, '/');
});

app.post('/sign-out', async (req, res) => {
  const { userId } = req.session;
  if (userId !== undefined) signedOut.add(userId);
  await req.session.destroy();
  res.redirect(303, '/');
});
