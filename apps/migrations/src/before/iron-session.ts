import express, { type Request, type Response } from 'express';
import { getIronSession, type SessionOptions } from 'iron-session';
import { shop } from '../shop.ts';

interface ShopData {
  user: string;
  cart: string[];
}

const options: SessionOptions = {
  cookieName: 'shop',
  password: process.env.SESSION_PASSWORD ?? 'a password for development, of 32 characters',
  ttl: 30 * 60,
};
const openSession = (req: Request, res: Response) => getIronSession<ShopData>(req, res, options);

export const app = express();
app.use(express.json());

app.get('/', async (req, res) => {
  const { user = null, cart = [] } = await openSession(req, res);
  res.json({ user, cart });
});

app.post('/cart/:sku', async (req, res) => {
  const { sku } = req.params;
  const session = await openSession(req, res);
  if (!(await shop.hasInStock(sku))) return void res.sendStatus(404);
  session.cart = [...(session.cart ?? []), sku];
  await session.save();
  res.redirect(303, '/');
});

app.post('/sign-in', async (req, res) => {
  const { name, password } = req.body;
  if (!(await shop.isPassword(name, password))) return void res.status(401).send('Wrong name or password');
  const session = await openSession(req, res);
  session.user = name;
  await session.save();
  res.redirect(303, '/');
});

app.post('/sign-out', async (req, res) => {
  const session = await openSession(req, res);
  session.destroy();
  res.redirect(303, '/');
});
