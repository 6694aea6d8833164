// The shop on Express, with its sessions in SQLite. This file contains everything that is specific to the framework.

import { createServer } from 'node:http';
import { createSessions, session } from '@coatcheck/express';
import {
  accountPage,
  addToCart,
  announce,
  cartPage,
  cataloguePage,
  emptyData,
  endOtherSessions,
  endSession,
  findAsset,
  helpPage,
  MAX_BODY_BYTES,
  openDatabase,
  orderPage,
  type Reply,
  readSettings,
  Shop,
  type ShopData,
  ShopError,
  sessionOptions,
  setQuantity,
  signIn,
  signInPage,
  signOut,
  troublePage,
  type View,
  watchStore,
} from '@coatcheck/shop-common';
import { sqliteStore } from '@coatcheck/sqlite';
import express, { type NextFunction, type Request, type Response } from 'express';

// Declares the session's data, which types req.session.
declare module '@coatcheck/express' {
  interface Register {
    session: ShopData;
  }
}

const settings = readSettings(process.env);
const database = openDatabase(settings.dataDir);
const store = watchStore(sqliteStore(database));
const shop = new Shop({ settings, database, store });
const sessions = createSessions<ShopData>({
  store,
  initial: emptyData,
  onEvent: (event) => shop.hear(event),
  ...sessionOptions(settings),
});

const app = express();
app.disable('x-powered-by');

// Routes that need no session come before it.
app.get('/assets/*path', (req, res) => {
  const asset = findAsset(req.path.slice('/assets/'.length));
  if (asset === undefined) res.sendStatus(404);
  else send(res, { status: 200, ...asset });
});
app.get('/help', (req, res) => show(req, res, helpPage(settings)));

app.use(express.urlencoded({ extended: false, limit: MAX_BODY_BYTES }));
app.use(express.json({ limit: MAX_BODY_BYTES }));
app.use(session(sessions));
app.use(async (req, _res, next) => {
  await shop.arrive(req.session, req);
  next();
});

app.get('/', (req, res) => show(req, res, cataloguePage()));

app.get('/cart', (req, res) => show(req, res, cartPage(req.session)));
app.post('/cart', async (req, res) => {
  lead(req, res, await addToCart(req.session, req.body));
});
app.post('/cart/:sku', async (req, res) => {
  lead(req, res, await setQuantity(req.session, req.params.sku, req.body));
});

app.get('/sign-in', (req, res) => show(req, res, signInPage(req.session)));
app.post('/sign-in', async (req, res) => {
  const user = await shop.authenticate(req.body, req.ip);
  lead(req, res, await signIn(req.session, user, req.body));
});
app.post('/sign-out', async (req, res) => {
  lead(req, res, await signOut(req.session));
});

app.get('/account', async (req, res) => {
  const user = shop.requireUser(req.session);
  const summaries = await sessions.list(user.id);
  const orders = shop.ordersOf(user);
  await show(req, res, accountPage({ user, session: req.session, summaries, orders }));
});
app.post('/account/sessions/revoke-others', async (req, res) => {
  lead(req, res, await endOtherSessions(sessions, req.session, shop.requireUser(req.session)));
});
app.post('/account/sessions/:id/revoke', async (req, res) => {
  const user = shop.requireUser(req.session);
  lead(req, res, await endSession(sessions, req.session, user, req.params.id));
});

app.post('/checkout', async (req, res) => {
  const order = await shop.checkout(req.session, req.body);
  lead(req, res, `/orders/${order.id}`);
});
app.get('/orders/:id', (req, res) => show(req, res, orderPage(shop.findOrder(req.session, req.params.id))));

app.get('/lab', (req, res) => show(req, res, shop.labPage()));
app.get('/lab/:act', (req, res) => show(req, res, shop.actPage(req.params.act)));
app.post('/lab/:act', async (req, res) => show(req, res, await shop.play(req.params.act)));

app.use((req) => {
  throw new ShopError('not-found', `There is no page ${req.path} in this shop.`);
});
app.use((error: unknown, req: Request, res: Response, next: NextFunction) => {
  if (res.headersSent) return next(error);
  return show(req, res, troublePage(error, req.session));
});

/** Responds with a page, or with JSON if the request prefers that. */
async function show(req: Request, res: Response, view: View): Promise<void> {
  const { session, originalUrl: url } = req;
  send(res, await shop.render(view, { session, url, accept: req.get('accept'), cookie: req.get('cookie') }));
}

/** Redirects to a page after a post. */
function lead(req: Request, res: Response, path: string): void {
  res.redirect(303, shop.linkAfterPost(path, req.session));
}

function send(res: Response, { status, headers, body }: Reply): void {
  res.status(status).set(headers).send(body);
}

const server = createServer(shop.serve(app));
announce(server, { name: 'The shop on Express', onStopped: () => database.close() });
server.listen(settings.port);
