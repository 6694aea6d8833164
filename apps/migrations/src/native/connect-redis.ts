import {
  clearOldCookie,
  Migration,
  ParsedRequestView,
  type RestoredSession,
  sealOnto,
} from '@coatcheck/core/adapter';
import { createSessions, session } from '@coatcheck/express';
import { redisStore } from '@coatcheck/redis';
import cookieParser from 'cookie-parser';
import express, { type RequestHandler } from 'express';
import { createClient } from 'redis';
import { shop } from '../shop.ts';

interface ShopData {
  cart: string[];
}

declare module '@coatcheck/express' {
  interface Register {
    session: ShopData;
  }
}

export const client = await createClient({
  url: process.env.REDIS_URL ?? 'redis://localhost:6379',
}).connect();

const sessions = createSessions<ShopData>({ store: redisStore(client), initial: () => ({ cart: [] }) });

// For as long as there are records of connect-redis.
const secret = process.env.SESSION_SECRET ?? 'a secret for development';
const migration = new Migration(sessions);

async function restore(id: string): Promise<RestoredSession<ShopData> | undefined> {
  const record = await client.get(`sess:${id}`);
  if (record === null) return undefined;
  const { user, cart = [] } = JSON.parse(record);
  return { userId: user, data: { cart } };
}

const acceptOldCookie: RequestHandler = async (req, res, next) => {
  // false if the signature is wrong
  const id: string | false | undefined = req.signedCookies['connect.sid'];
  if (!id) return next();
  const moved = await migration.move(id, new ParsedRequestView(req), {
    load: restore,
    remove: () => client.del(`sess:${id}`),
  });
  if (moved === undefined) return next();
  req.headers.cookie += `; ${moved.cookie}`;
  sealOnto(res, { seal: () => [...moved.headers, clearOldCookie('connect.sid')] });
  next();
};

export const app = express();
app.use(cookieParser(secret), acceptOldCookie);
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
  await req.session.destroy();
  res.redirect(303, '/');
});
